-- One row: a loaded month and all its records. Key: year, month.
-- growth_rate is on the same month of the year before, previous_growth_rate on the month before;
-- where records of some days are missing (is_month_partial), over the days that both have.
WITH printed AS (
    SELECT
        figure.period,
        max(figure.numerator) FILTER (WHERE figure.metric = 'record_count') AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_record_count') AS growth_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_previous_record_count')
            AS previous_growth_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'month_share') AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'month_share') AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'month_share') AS month_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'month'
        AND figure.cut = 'total'
        AND figure.metric IN (
            'record_count', 'month_share', 'growth_record_count', 'growth_previous_record_count'
        )
    GROUP BY figure.period
)

SELECT
    month.year,
    month.month,
    coalesce(printed.record_count, 0) AS record_count,
    printed.growth_rate,
    printed.previous_growth_rate,
    printed.share_numerator,
    printed.share_denominator,
    printed.month_share,
    month.is_partial AS is_month_partial,
    month.is_partial
FROM metric.period AS month
JOIN printed ON printed.period = month.period
WHERE month.period_type = 'month'
ORDER BY month.year, month.month
