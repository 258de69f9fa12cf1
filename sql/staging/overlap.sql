-- One row per set of deliveries that hold the same ids as this file, and delivery among them: how many
-- records, and in how many each canonical column says something (a column each). Key: held_by, layout_no.
-- held_by lists the numbers of staging.layout, the newest first. Which delivery gives a column follows
-- from the set alone, so that no table of all cells is made.
WITH here AS (
    SELECT s.*, l.layout_no, l.precedence
    FROM staging.said AS s
    JOIN staging.layout AS l ON s.receipt = l.receipt AND s.given = l.given
    SEMI JOIN (
        SELECT w.record_id
        FROM staging.said AS w
        JOIN staging.delivery AS y ON w.receipt = y.receipt
    ) AS named ON s.record_id = named.record_id
),

held AS (
    SELECT h.record_id, string_agg(h.layout_no::VARCHAR, ',' ORDER BY h.precedence DESC) AS held_by
    FROM here AS h
    GROUP BY h.record_id
    HAVING count(*) > 1
)

SELECT
    d.held_by,
    h.layout_no,
    count(*) AS record_count,
    sum(COLUMNS(h.* EXCLUDE (record_id, receipt, given, layout_no, precedence))::BIGINT)
FROM here AS h
JOIN held AS d ON h.record_id = d.record_id
GROUP BY d.held_by, h.layout_no
ORDER BY d.held_by, h.layout_no
