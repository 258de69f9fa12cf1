-- One row: valid call-backs of a scope and period that say the matter is not resolved.
-- Key: the key of metric.figure.
-- Partly resolved counts as not resolved, as in the resolution rate.
SELECT
    'unresolved_count' AS metric,
    '1' AS method_version,
    '-' AS convention,
    scope,
    'received' AS date_basis,
    tally.period_type,
    tally.period,
    record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag,
    called_back_count - resolved_count AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    tally.is_partial OR called.period IS NOT NULL AS is_partial,
    tally.cut
FROM metric.tally AS tally
JOIN metric.known_period AS known
    ON
        known.metric = 'resolution_rate'
        AND known.period_type = tally.period_type
        AND known.period = tally.period
        AND known.is_known_throughout
LEFT JOIN metric.column_gap AS called
    ON
        called.column_name = 'call_back'
        AND called.period_type = tally.period_type
        AND called.period = tally.period
        AND called.known_month_count > 0
WHERE
    tally.metric = 'record_count'
    AND tally.cut IN ('total', 'category', 'category subcategory')
    AND tally.called_back_count > 0
