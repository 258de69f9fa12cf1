-- title: 处理方式为空,或既不是派单也不是直接解答(计入受理量,不计入按单位、区域的承办量)
-- example: {year} 年处理方式“{handling}”{record_count} 件
-- One row: a handling that is neither dispatch nor direct answer, by year; `?` where it is empty.
-- Key: year, handling.
SELECT
    year,
    shown_handling AS handling,
    sum(record_count) AS record_count
FROM metric.shown_cell
WHERE
    metric = 'record_count'
    AND handling NOT IN ('*', '派单', '直接解答')
    AND category = '*'
    AND channel = '*'
    AND desk = '*'
    AND epidemic = '*'
GROUP BY year, shown_handling
ORDER BY record_count DESC
