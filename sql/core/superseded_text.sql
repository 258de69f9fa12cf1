-- One row: a record id of one receipt whose texts do not count.
-- Key: year, month, record_id, receipt.
-- A delivery without texts keeps those of the newest that has them (text_receipt).
SELECT s.year, s.month, s.record_id, s.receipt
FROM core.superseded AS s
WHERE
    NOT EXISTS (
        SELECT 1
        FROM core.merged_dispatch AS m
        WHERE
            m.year = s.year
            AND m.month = s.month
            AND m.record_id = s.record_id
            AND m.text_receipt = s.receipt
    )
UNION ALL
SELECT m.year, m.month, m.record_id, m.receipt
FROM core.merged_dispatch AS m
WHERE m.is_last AND m.text_receipt <> m.receipt
