-- One row: the change of the records of a mean day, where the two periods that are compared are of
-- different length: a leap year's February, a month of 31 days beside one of 30. Key: the key of
-- metric.figure_value.
-- Days are those of metric.compared_day. The change of the means is exact in whole numbers: this
-- count times the days before less the count before times these days, over the latter. Where both
-- have as many days it is the change itself, and has no row.
WITH day AS (
    SELECT
        scope,
        month_type,
        months_before,
        year,
        month,
        sum(CASE WHEN is_before THEN 0 ELSE 1 END) AS this_day_count,
        sum(CASE WHEN is_before THEN 1 ELSE 0 END) AS before_day_count
    FROM metric.compared_day
    GROUP BY scope, month_type, months_before, year, month
),

month AS (
    SELECT DISTINCT
        CASE period_type WHEN 'assessment' THEN 'assessment' ELSE 'month' END AS month_type,
        period_type, period, year, month
    FROM metric.period_part
),

compared AS (
    SELECT
        'growth_daily_record_count' AS metric,
        scope, period_type, period, is_partial, cut_key, this_count, before_count
    FROM metric.compared
    JOIN metric.cut_member USING (cut_key)
    WHERE metric = 'record_count' AND cut = 'total' AND is_comparable
    UNION ALL
    SELECT
        'growth_previous_daily_record_count' AS metric,
        scope, period_type, period, is_partial, cut_key, this_count, before_count
    FROM metric.compared_previous
    JOIN metric.cut_member USING (cut_key)
    WHERE metric = 'record_count' AND cut = 'total' AND is_comparable
),

measured AS (
    SELECT
        compared.metric, compared.scope, compared.period_type, compared.period, compared.is_partial,
        compared.cut_key, compared.this_count, compared.before_count,
        sum(day.this_day_count) AS this_day_count,
        sum(day.before_day_count) AS before_day_count
    FROM compared
    JOIN month
        ON month.period_type = compared.period_type AND month.period = compared.period
    JOIN day
        ON
            day.scope = compared.scope
            AND day.month_type = month.month_type
            AND day.year = month.year
            AND day.month = month.month
            AND day.months_before = CASE
                WHEN compared.metric = 'growth_daily_record_count' THEN 12
                WHEN compared.period_type = 'quarter' THEN 3
                ELSE 1
            END
    GROUP BY
        compared.metric, compared.scope, compared.period_type, compared.period, compared.is_partial,
        compared.cut_key, compared.this_count, compared.before_count
)

SELECT
    metric,
    '-' AS convention,
    scope,
    period_type,
    period,
    cut_key,
    CAST(this_count * before_day_count - before_count * this_day_count AS BIGINT) AS numerator,
    CAST(before_count * this_day_count AS BIGINT) AS denominator,
    is_partial
FROM measured
WHERE before_count > 0 AND this_day_count <> before_day_count
