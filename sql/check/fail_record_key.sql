-- title: 同一月份多次交付后,一个工单编号只应计一次
-- One row: a record id that counts more than once in a month with several receipts.
-- Key: year, month, record_id.
-- Months with one receipt are covered by fail_record_conservation, which reads no record.
SELECT
    year,
    month,
    record_id,
    count(*) AS row_count
FROM core.record
WHERE is_contested
GROUP BY year, month, record_id
HAVING count(*) > 1
