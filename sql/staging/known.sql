-- One row per id of a supplement (a file that only adds columns by id) that is loaded, with the time
-- when it was received by the newest delivery. Key: record_id.
-- Where numbers start anew each month an id names several records, and it is unknown which one is
-- meant: many ids in several months are ambiguous and have no time; a few are records that moved.
WITH asked AS (
    SELECT DISTINCT tidy_id(i.record_id) AS record_id FROM staging.input AS i
),

held AS (
    SELECT
        l.record_id,
        arg_max(l.received_at, r.precedence) AS received_at,
        date_trunc('month', min(l.received_at)) < date_trunc('month', max(l.received_at)) AS is_spread
    FROM staging.loaded AS l
    JOIN staging.loaded_receipt AS r ON l.receipt = r.receipt
    SEMI JOIN asked ON l.record_id = asked.record_id
    WHERE l.is_last
    GROUP BY l.record_id
),

counted AS (
    SELECT
        count(*) FILTER (WHERE h.is_spread) > greatest(20, 0.1 * count(*)) AS is_renumbered
    FROM held AS h
)

SELECT
    h.record_id,
    CASE WHEN NOT (h.is_spread AND c.is_renumbered) THEN h.received_at::VARCHAR END AS received_at,
    h.is_spread AND c.is_renumbered AS is_ambiguous
FROM held AS h
CROSS JOIN counted AS c
