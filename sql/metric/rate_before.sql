-- One row: a rate in the same months of the year before. Key: the key of metric.figure_value.
-- Its period is the one that it is compared with, so that a year that breaks off is never held
-- against a whole one. Both years follow the convention of the later one, else a change of weights
-- would pass for a change of results.
WITH counted AS (
    SELECT
        compared.*,
        convention.convention,
        convention.satisfied_weight * compared.before_satisfied_count
        + convention.basically_satisfied_weight * compared.before_basically_satisfied_count
            AS before_satisfaction,
        convention.weight_base
    FROM metric.compared AS compared
    JOIN metric.cut_member AS member ON member.cut_key = compared.cut_key
    JOIN ref.rate_convention AS convention
        ON
            compared.year >= coalesce(extract(YEAR FROM convention.valid_from), compared.year)
            AND compared.year <= coalesce(extract(YEAR FROM convention.valid_to), compared.year)
    WHERE
        compared.metric = 'record_count'
        AND member.cut IN ('total', 'unit_type')
        AND compared.before_called_back_count > 0
),

rate AS (
    SELECT
        'before_response_rate' AS rate_name,
        counted.*,
        before_contacted_count AS numerator,
        before_called_back_count AS denominator
    FROM counted
    UNION ALL
    SELECT
        'before_resolution_rate' AS rate_name,
        counted.*,
        before_resolved_count AS numerator,
        before_called_back_count AS denominator
    FROM counted
    UNION ALL
    SELECT
        'before_satisfaction_rate' AS rate_name,
        counted.*,
        before_satisfaction AS numerator,
        weight_base * before_called_back_count AS denominator
    FROM counted
),

-- A rate of some months is not compared with one of other months.
called_in_part AS (
    SELECT period_type, period
    FROM metric.column_gap
    WHERE column_name = 'call_back' AND known_month_count > 0
)

SELECT
    rate_name AS metric,
    convention,
    scope,
    rate.period_type,
    rate.period,
    cut_key,
    CAST(numerator AS BIGINT) AS numerator,
    CAST(denominator AS BIGINT) AS denominator,
    is_partial
FROM rate
JOIN metric.known_period AS known
    ON
        'before_' || known.metric = rate.rate_name
        AND known.period_type = rate.period_type
        AND known.period = CAST(rate.year - 1 AS STRING) || substr(rate.period, 5)
        AND known.is_known_throughout
LEFT JOIN called_in_part AS own
    ON own.period_type = rate.period_type AND own.period = rate.period
LEFT JOIN called_in_part AS before
    ON before.period_type = known.period_type AND before.period = known.period
WHERE own.period IS NULL AND before.period IS NULL
