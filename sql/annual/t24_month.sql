-- One row: a loaded month and all its records. Key: year, month.
-- growth_rate is on the same month of the year before, previous_growth_rate on the month before;
-- where records of some days are missing (is_month_partial), over the days that both have.
SELECT
    month.year,
    month.month,
    counted.record_count,
    counted.growth_rate,
    counted.previous_growth_rate,
    counted.record_count AS share_numerator,
    counted.year_count AS share_denominator,
    counted.month_share,
    month.is_partial AS is_month_partial,
    month.is_partial
FROM metric.period AS month
JOIN metric.section_count AS counted USING (period_type, period)
WHERE
    period_type = 'month' AND counted.counted = 'record_count' AND counted.cut = 'total'
ORDER BY month.year, month.month
