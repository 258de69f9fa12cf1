-- One row: a record id of one receipt whose row does not count by itself.
-- Key: year, month, record_id, receipt.
-- materialised per partition
-- Per record id the newest delivery (received_on, then order of ingest) wins, with its own chain of
-- dispatches; an id that the later delivery does not name stays, so that two copies of a month which
-- overlap by a day lose nothing; where the newest delivery has the id in another month, it counts
-- there alone. A supplement has columns and no records: it never counts by itself. What the winner
-- does not have is kept (core.merged_dispatch). Only contested months are read: those with several
-- receipts or a supplement, and those that hold an id which a newer delivery has elsewhere
-- (source.shared_id distinguishes them).
-- is_whole: none of the receipt's rows of the month counts by itself, as where a month is delivered
-- again; who reads the records then drops the receipt and need not compare ids.
WITH delivered AS (
    SELECT DISTINCT d.year, d.month, d.record_id, d.receipt, r.precedence, r.is_supplement
    FROM source.record_dispatch AS d
    JOIN source.receipt AS r ON r.receipt = d.receipt
    WHERE d.is_contested
),

ranked AS (
    SELECT
        year, month, record_id, receipt, is_supplement,
        row_number() OVER (
            PARTITION BY year, month, record_id
            ORDER BY CASE WHEN is_supplement THEN 1 ELSE 0 END, precedence DESC
        ) AS newest_rank
    FROM delivered
),

lost AS (
    SELECT
        ranked.year, ranked.month, ranked.record_id, ranked.receipt, ranked.is_supplement,
        ranked.is_supplement
        OR ranked.newest_rank > 1
        OR coalesce(moved.receipt <> ranked.receipt, FALSE) AS is_lost
    FROM ranked
    LEFT JOIN core.moved_id AS moved
        ON moved.entity = 'record' AND moved.record_id = ranked.record_id
),

whole AS (
    SELECT year, month, receipt
    FROM lost
    GROUP BY year, month, receipt
    HAVING bool_and(is_lost)
)

SELECT
    lost.year, lost.month, lost.record_id, lost.receipt, lost.is_supplement,
    whole.receipt IS NOT NULL AS is_whole
FROM lost
LEFT JOIN whole
    ON whole.year = lost.year AND whole.month = lost.month AND whole.receipt = lost.receipt
WHERE lost.is_lost
