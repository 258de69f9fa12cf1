-- One row: an event id of one receipt that a later delivery replaces.
-- Key: year, month, record_id, receipt.
-- materialised per partition
-- The rule of core.superseded: per id the newest delivery wins, an id that it does not name stays,
-- and one that it has in another month counts there alone.
WITH delivered AS (
    SELECT DISTINCT d.year, d.month, d.record_id, d.receipt, r.received_on, r.sequence
    FROM core.grid_event_row AS d
    JOIN core.receipt AS r ON r.receipt = d.receipt
    WHERE d.is_contested
),

ranked AS (
    SELECT
        year, month, record_id, receipt,
        row_number() OVER (
            PARTITION BY year, month, record_id
            ORDER BY received_on DESC, sequence DESC
        ) AS newest_rank
    FROM delivered
)

SELECT ranked.year, ranked.month, ranked.record_id, ranked.receipt
FROM ranked
LEFT JOIN core.moved_id AS moved
    ON moved.entity = 'grid_event' AND moved.record_id = ranked.record_id
WHERE ranked.newest_rank > 1 OR moved.receipt <> ranked.receipt
