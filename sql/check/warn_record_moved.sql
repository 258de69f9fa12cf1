-- title: 同一工单编号出现在两个月份(多次交付之间改了来电时间)
-- One row: a record id that counts in more than one month. Key: record_id.
-- A later delivery supersedes month by month, so a record whose time was corrected across the end
-- of a month counts twice. Only months with several receipts are read, as only they can hold it.
SELECT
    record_id,
    min(received_at) AS first_received_at,
    max(received_at) AS last_received_at
FROM core.record
WHERE is_contested
GROUP BY record_id
HAVING min(year * 100 + month) < max(year * 100 + month)
