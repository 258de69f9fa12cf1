-- title: 年份不完整(缺月,或有的日期缺记录)
-- example: {entity} {year} 年有数据的 {month_count} 个月[,其中 {partial_month_count} 个月不完整][,登记的原因是{registered_reason}]
-- One row: a year that is marked partial, with its loaded and its partial months. Key: entity, year.
SELECT
    known.title AS entity,
    whole.year,
    count(*) AS month_count,
    nullif(sum(CASE WHEN monthly.is_partial THEN 1 ELSE 0 END), 0) AS partial_month_count,
    max(register.reason) AS registered_reason
FROM metric.entity_period AS whole
JOIN metric.entity_period AS monthly
    ON
        monthly.entity = whole.entity
        AND monthly.year = whole.year
        AND monthly.month = whole.month
        AND monthly.period_type = 'month'
JOIN source.entity AS known ON known.entity = whole.entity
LEFT JOIN ref.partial_year AS register ON register.year = whole.year
WHERE whole.period_type = 'year' AND whole.is_partial
GROUP BY known.title, whole.year
ORDER BY known.title, whole.year
