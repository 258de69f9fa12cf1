-- title: 年份不完整(缺月,或某月首尾超过三天没有记录)
-- One row: a year that is marked partial, with its loaded and its partial months. Key: year.
SELECT
    whole.year,
    count(*) AS month_count,
    sum(CASE WHEN monthly.is_partial THEN 1 ELSE 0 END) AS partial_month_count,
    max(register.reason) AS registered_reason
FROM metric.period AS whole
JOIN metric.period AS monthly
    ON
        monthly.year = whole.year
        AND monthly.month = whole.month
        AND monthly.period_type = 'month'
LEFT JOIN ref.partial_year AS register ON register.year = whole.year
WHERE whole.period_type = 'year' AND whole.is_partial
GROUP BY whole.year
ORDER BY whole.year
