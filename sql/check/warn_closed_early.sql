-- title: 办结时间早于来电时间
-- example: {year} 年 {month} 月有 {closed_early_count} 件
-- One row: a month with records that were closed before they were received. Key: year, month.
-- A fault of the source: the records stay, and only durations leave them out.
SELECT
    year,
    month,
    sum(cell.closed_early_count) AS closed_early_count
FROM metric.cell AS cell
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
GROUP BY year, month
HAVING sum(cell.closed_early_count) > 0
