-- One row: a record id of one receipt that a later delivery replaces.
-- Key: year, month, record_id, receipt.
-- materialised per partition
-- Per record id the newest delivery (received_on, then order of ingest) wins whole, with its own
-- chain of dispatches; an id that the later delivery does not name stays, so that two copies of a
-- month which overlap by a day lose nothing; where the newest delivery has the id in another month, it
-- counts there alone. Only contested months are read: those with several receipts, and those that
-- hold an id which a newer delivery has elsewhere (core.shared_id tells them apart).
WITH delivered AS (
    SELECT DISTINCT d.year, d.month, d.record_id, d.receipt, r.received_on, r.sequence
    FROM core.record_dispatch AS d
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
    ON moved.entity = 'record' AND moved.record_id = ranked.record_id
WHERE ranked.newest_rank > 1 OR moved.receipt <> ranked.receipt
