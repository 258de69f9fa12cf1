-- One row: valid call-backs of a scope and period that say the matter is not resolved.
-- Key: the key of metric.figure_value.
-- a view on tables
-- Partly resolved counts as not resolved, as in the resolution rate.
SELECT
    'unresolved_count' AS metric,
    '-' AS convention,
    scope,
    tally.period_type,
    tally.period,
    cut_key,
    called_back_count - resolved_count AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    tally.is_partial OR called.period IS NOT NULL AS is_partial
FROM metric.tally AS tally
JOIN metric.cut_member USING (cut_key)
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
    AND cut IN ('total', 'category', 'category subcategory')
    AND called_back_count > 0
