-- title: 同一月份多次交付后,一个工单编号只应计一次
-- example: {year} 年 {month} 月的工单 {record_id} 计了 {row_count} 次(文件 {first_file}[、{last_file}])
-- One row: a record id that counts more than once in a month with several receipts.
-- Key: year, month, record_id.
-- Months with one receipt are covered by fail_record_conservation, which reads no record.
SELECT
    d.year,
    d.month,
    d.record_id,
    count(*) AS row_count,
    min(r.name) AS first_file,
    CASE WHEN min(r.name) < max(r.name) THEN max(r.name) END AS last_file
FROM core.record AS d
JOIN source.receipt AS r ON r.receipt = d.receipt
WHERE d.is_contested
GROUP BY d.year, d.month, d.record_id
HAVING count(*) > 1
