-- title: 网格事件数应等于各回执的事件数减去被后来交付取代的事件数
-- example: 各回执共 {received_count} 件,被取代 {replaced_count} 件,统计到 {counted_count} 件
-- One row: the whole warehouse, if its grid events do not add up.
WITH received AS (
    SELECT coalesce(sum(records), 0) AS received_count
    FROM source.receipt
    WHERE entity = 'grid_event'
),

replaced AS (
    SELECT count(*) AS replaced_count
    FROM core.grid_superseded
),

counted AS (
    SELECT coalesce(sum(event_count), 0) AS counted_count
    FROM metric.grid_cell
    WHERE category = '*' AND district = '*' AND street = '*' AND channel = '*'
)

SELECT
    received.received_count,
    replaced.replaced_count,
    counted.counted_count
FROM received
CROSS JOIN replaced
CROSS JOIN counted
WHERE counted.counted_count <> received.received_count - replaced.replaced_count
