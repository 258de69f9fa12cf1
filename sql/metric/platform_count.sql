-- One row: platforms of a channel that brought at least one record of a scope and period.
-- Key: the key of metric.figure.
SELECT
    'platform_count' AS metric,
    '1' AS method_version,
    '-' AS convention,
    tally.scope,
    'received' AS date_basis,
    tally.period_type,
    tally.period,
    '*' AS record_type, '*' AS category, '*' AS subcategory, '*' AS handling, '*' AS unit_type,
    '*' AS unit, '*' AS region, '*' AS district, '*' AS street,
    tally.channel AS channel,
    '*' AS desk,
    '*' AS platform,
    '*' AS praise_form,
    '*' AS epidemic,
    '*' AS tag,
    count(*) AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    tally.is_partial OR gap.cut IS NOT NULL AS is_partial,
    'channel' AS cut
FROM metric.tally AS tally
LEFT JOIN metric.cut_gap AS gap
    ON
        gap.cut = tally.cut
        AND gap.period_type = tally.period_type
        AND gap.period = tally.period
        AND gap.known_month_count > 0
WHERE
    tally.metric = 'record_count'
    AND tally.cut = 'channel platform'
    AND tally.platform <> '?'
    AND tally.record_count > 0
GROUP BY
    tally.scope, tally.period_type, tally.period, tally.is_partial OR gap.cut IS NOT NULL,
    tally.channel
