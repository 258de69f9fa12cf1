-- One row: the change of a count on the period before it (month on month, quarter on quarter), over
-- that period's count. Key: the key of metric.figure_value.
-- a view on tables
-- Only where both are loaded; a member that is gone falls by the whole of its count, a new one has
-- nothing to grow from. It is partial where either period is.
SELECT
    'growth_previous_' || metric AS metric,
    '-' AS convention,
    scope,
    period_type,
    period,
    cut_key,
    this_count - before_count AS numerator,
    before_count AS denominator,
    is_partial
FROM metric.compared_previous
JOIN metric.cut_member USING (cut_key)
WHERE
    is_comparable
    AND before_count > 0
    AND metric IN ('record_count', 'district_handled_count')
    AND topic = '*'
