-- One row: platforms of a channel that brought at least one record of a scope and period.
-- Key: the key of metric.figure.
SELECT
    'platform_count' AS metric,
    '1' AS method_version,
    '-' AS convention,
    scope,
    'received' AS date_basis,
    period_type,
    period,
    '*' AS record_type,
    '*' AS category,
    '*' AS subcategory,
    '*' AS handling,
    '*' AS unit_type,
    '*' AS unit,
    '*' AS region,
    '*' AS district,
    '*' AS street,
    channel,
    '*' AS desk,
    '*' AS platform,
    '*' AS praise_form,
    '*' AS epidemic,
    '*' AS tag,
    count(*) AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    is_partial,
    'channel' AS cut
FROM metric.tally
WHERE
    metric = 'record_count'
    AND cut = 'channel platform'
    AND platform <> '?'
    AND record_count > 0
GROUP BY scope, period_type, period, is_partial, channel
