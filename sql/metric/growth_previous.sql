-- One row: the change of a count on the period before it (month on month, quarter on quarter), over
-- that period's count. Key: the key of metric.figure.
-- Only where both are loaded; a member that is gone falls by the whole of its count, a new one has
-- nothing to grow from. It is partial where either period is.
SELECT
    'growth_previous_' || metric AS metric,
    '1' AS method_version,
    '-' AS convention,
    scope,
    'received' AS date_basis,
    period_type,
    period,
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
    this_count - before_count AS numerator,
    before_count AS denominator,
    is_partial,
    cut
FROM metric.compared_previous
WHERE before_count > 0 AND metric IN ('record_count', 'district_handled_count') AND topic = '*'
