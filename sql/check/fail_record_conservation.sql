-- title: 统计的记录数应等于各回执的记录数减去被后来交付取代的记录数
-- example: 各回执共 {received_count} 件,被取代 {replaced_count} 件,统计到 {counted_count} 件
-- One row: the whole warehouse, if its records do not add up.
-- Records are counted by ingest as distinct ids and here as rows of the dispatch that counts, so a
-- repeated id within one delivery, a chain without a last dispatch, or a reference with a repeated
-- key that multiplies rows each break the sum; no record has to be read again for it.
WITH received AS (
    SELECT sum(records) AS received_count
    FROM source.receipt
    WHERE entity = 'record'
),

replaced AS (
    -- An id may be in several months of the delivery that lost it.
    SELECT count(*) AS replaced_count
    FROM (SELECT DISTINCT record_id, receipt FROM core.superseded) AS lost
),

counted AS (
    SELECT sum(record_count) AS counted_count
    FROM metric.cell
    WHERE
        metric = 'record_count'
        AND record_type = '*'
        AND category = '*'
        AND handling = '*'
        AND unit_type = '*'
        AND channel = '*'
        AND desk = '*'
        AND epidemic = '*'
        AND tag = '*'
)

SELECT
    coalesce(received.received_count, 0) AS received_count,
    replaced.replaced_count,
    coalesce(counted.counted_count, 0) AS counted_count
FROM received
CROSS JOIN replaced
CROSS JOIN counted
WHERE coalesce(counted.counted_count, 0) <> coalesce(received.received_count, 0) - replaced.replaced_count
