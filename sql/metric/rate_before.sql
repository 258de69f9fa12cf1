-- One row: a rate in the same months of the year before. Key: the key of metric.figure.
-- It stands at the period that it is compared with, so that a year that breaks off is never held
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
    JOIN ref.rate_convention AS convention
        ON
            compared.year >= coalesce(extract(YEAR FROM convention.valid_from), compared.year)
            AND compared.year <= coalesce(extract(YEAR FROM convention.valid_to), compared.year)
    WHERE
        compared.metric = 'record_count'
        AND compared.cut IN ('total', 'unit_type')
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
)

SELECT
    rate_name AS metric,
    '1' AS method_version,
    convention AS convention,
    scope,
    'received' AS date_basis,
    rate.period_type,
    rate.period,
    record_type,
    category,
    subcategory,
    handling,
    unit_type,
    unit,
    region,
    district,
    street,
    channel,
    desk,
    platform,
    praise_form,
    epidemic,
    tag,
    CAST(numerator AS BIGINT) AS numerator,
    CAST(denominator AS BIGINT) AS denominator,
    is_partial,
    cut
FROM rate
JOIN metric.known_period AS known
    ON
        'before_' || known.metric = rate.rate_name
        AND known.period_type = rate.period_type
        AND known.period = CAST(rate.year - 1 AS VARCHAR) || substr(rate.period, 5)
        AND known.is_known_throughout
