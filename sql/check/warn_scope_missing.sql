-- title: 有口径层级的年份里,部分记录没有层级(只计入全部受理口径)
-- example: {year} 年有 {record_count} 件
-- One row: a year with tiers and records without one. Key: year.
SELECT
    cell.year,
    sum(cell.record_count) AS record_count
FROM metric.cell AS cell
JOIN (SELECT DISTINCT year FROM metric.scope WHERE scope <> 'all') AS tiered
    ON tiered.year = cell.year
WHERE
    cell.scope_tier = 0
    AND cell.metric = 'record_count'
    AND cell.record_type = '*'
    AND cell.category = '*'
    AND cell.handling = '*'
    AND cell.unit_type = '*'
    AND cell.channel = '*'
    AND cell.desk = '*'
    AND cell.epidemic = '*'
    AND cell.tag = '*'
GROUP BY cell.year
