-- One row: a month (calendar or assessment) of a scope, beside a loaded one before it.
-- Key: month_type, months_before, scope, year, month.
-- months_before: 12 for the year before, 1 for the period before of months, 3 for that of quarters.
-- All comparisons of periods rest on these pairs, quarters and years as sums of their months. It is
-- whole when records of no day of the two are missing: then all their days are compared, of however
-- many days each is; else those alone that both have (metric.compared_day). An assessment month of
-- which one calendar month is not loaded at all is compared with nothing.
WITH monthly AS (
    SELECT
        period_type AS month_type,
        scope,
        year,
        CAST(substring(period, 6, 2) AS INTEGER) AS month,
        12 * year + CAST(substring(period, 6, 2) AS INTEGER) AS month_number,
        is_partial
    FROM metric.reported_period
    WHERE period_type IN ('month', 'assessment') AND has_months
),

step AS (
    SELECT *
    FROM (
        VALUES (1), (3), (12)
    ) AS listed (months_before)
)

SELECT
    own.month_type,
    step.months_before,
    own.scope,
    own.year,
    own.month,
    own.month_number,
    before.year AS before_year,
    before.month AS before_month,
    before.month_number AS before_month_number,
    NOT own.is_partial AND NOT before.is_partial AS is_whole
FROM monthly AS own
CROSS JOIN step
JOIN monthly AS before
    ON
        before.month_type = own.month_type
        AND before.scope = own.scope
        AND before.month_number + step.months_before = own.month_number
WHERE own.month_type = 'month' OR step.months_before <> 3
