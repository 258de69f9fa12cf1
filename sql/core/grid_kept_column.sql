-- One row: a column of the events of one delivery and month that another delivery gave.
-- Key: year, month, receipt, from_receipt, column_name.
-- materialised per partition
-- As core.kept_column for records.
WITH counted AS (
    SELECT
        m.year,
        m.month,
        m.receipt,
        m.kept_from,
        count(*) AS record_count,
        count(m.closed_at) AS closed_at_count,
        count(*) FILTER (WHERE m.category <> '?') AS category_count,
        count(*) FILTER (WHERE m.district <> '?') AS place_district_count,
        count(*) FILTER (WHERE m.street <> '?') AS place_street_count,
        count(*) FILTER (WHERE m.grid <> '?') AS grid_count,
        count(*) FILTER (WHERE m.channel <> '?') AS channel_count,
        count(*) FILTER (WHERE m.status <> '?') AS status_count
    FROM core.grid_merged AS m
    JOIN source.mixed_grid_event_row AS x ON x.year = m.year AND x.month = m.month
    WHERE m.kept_from <> '|'
    GROUP BY m.year, m.month, m.receipt, m.kept_from
),

given_column AS (
    SELECT
        c.year, c.month, c.receipt, c.kept_from, c.record_count, 'closed_at' AS column_name,
        c.closed_at_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|closed_at=%'
    UNION ALL
    SELECT
        c.year, c.month, c.receipt, c.kept_from, c.record_count, 'category' AS column_name,
        c.category_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|category=%'
    UNION ALL
    SELECT
        c.year, c.month, c.receipt, c.kept_from, c.record_count, 'place_district' AS column_name,
        c.place_district_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|place_district=%'
    UNION ALL
    SELECT
        c.year, c.month, c.receipt, c.kept_from, c.record_count, 'place_street' AS column_name,
        c.place_street_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|place_street=%'
    UNION ALL
    SELECT
        c.year, c.month, c.receipt, c.kept_from, c.record_count, 'grid' AS column_name,
        c.grid_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|grid=%'
    UNION ALL
    SELECT
        c.year, c.month, c.receipt, c.kept_from, c.record_count, 'channel' AS column_name,
        c.channel_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|channel=%'
    UNION ALL
    SELECT
        c.year, c.month, c.receipt, c.kept_from, c.record_count, 'status' AS column_name,
        c.status_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|status=%'
)

SELECT
    t.year,
    t.month,
    t.receipt,
    r.receipt AS from_receipt,
    t.column_name,
    CAST(sum(t.record_count) AS BIGINT) AS record_count,
    CAST(sum(t.filled_count) AS BIGINT) AS filled_count
FROM given_column AS t
JOIN source.receipt AS r ON t.kept_from LIKE concat('%|', t.column_name, '=', r.precedence, '|%')
GROUP BY t.year, t.month, t.receipt, r.receipt, t.column_name
