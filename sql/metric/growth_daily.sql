-- One row: the change of the records of a mean day, where the two periods that are compared are of
-- different length: a leap year's February, a month of 31 days beside one of 30. Key: the key of
-- metric.figure.
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
        compared.scope, compared.period_type, compared.period, compared.is_partial,
        compared.this_count, compared.before_count
    FROM metric.compared AS compared
    LEFT JOIN metric.cut_uncompared AS uncompared
        ON
            uncompared.scope = compared.scope
            AND uncompared.cut = compared.cut
            AND uncompared.period_type = compared.period_type
            AND uncompared.period = compared.period
            AND NOT uncompared.is_previous
    WHERE
        compared.metric = 'record_count' AND compared.cut = 'total' AND uncompared.cut IS NULL
    UNION ALL
    SELECT
        'growth_previous_daily_record_count' AS metric,
        compared.scope, compared.period_type, compared.period, compared.is_partial,
        compared.this_count, compared.before_count
    FROM metric.compared_previous AS compared
    LEFT JOIN metric.cut_uncompared AS uncompared
        ON
            uncompared.scope = compared.scope
            AND uncompared.cut = compared.cut
            AND uncompared.period_type = compared.period_type
            AND uncompared.period = compared.period
            AND uncompared.is_previous
    WHERE
        compared.metric = 'record_count' AND compared.cut = 'total' AND uncompared.cut IS NULL
),

measured AS (
    SELECT
        compared.metric,
        compared.scope,
        compared.period_type,
        compared.period,
        compared.is_partial,
        compared.this_count,
        compared.before_count,
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
        compared.metric, compared.scope, compared.period_type, compared.period,
        compared.is_partial, compared.this_count, compared.before_count
)

SELECT
    metric,
    '1' AS method_version,
    '-' AS convention,
    scope,
    'received' AS date_basis,
    period_type,
    period,
    '*' AS record_type, '*' AS category, '*' AS subcategory, '*' AS handling, '*' AS unit_type,
    '*' AS unit, '*' AS region, '*' AS district, '*' AS street, '*' AS channel, '*' AS desk,
    '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag,
    CAST(this_count * before_day_count - before_count * this_day_count AS BIGINT) AS numerator,
    CAST(before_count * this_day_count AS BIGINT) AS denominator,
    is_partial,
    'total' AS cut
FROM measured
WHERE before_count > 0 AND this_day_count <> before_day_count
