-- One row: the change of a count on the period before it (month on month, quarter on quarter), over
-- that period's count. Key: the key of metric.figure.
-- Only where both are loaded; a member that is gone falls by the whole of its count, a new one has
-- nothing to grow from. It is partial where either period is.
-- A cut by what either lacks is not compared (metric.cut_uncompared).
SELECT
    'growth_previous_' || compared.metric AS metric,
    '1' AS method_version,
    '-' AS convention,
    compared.scope,
    'received' AS date_basis,
    compared.period_type,
    compared.period,
    record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag,
    this_count - before_count AS numerator,
    before_count AS denominator,
    compared.is_partial,
    compared.cut
FROM metric.compared_previous AS compared
LEFT JOIN metric.cut_uncompared AS uncompared
    ON
        uncompared.scope = compared.scope
        AND uncompared.cut = compared.cut
        AND uncompared.period_type = compared.period_type
        AND uncompared.period = compared.period
        AND uncompared.is_previous
WHERE
    compared.before_count > 0
    AND compared.metric IN ('record_count', 'district_handled_count')
    AND compared.topic = '*'
    AND uncompared.cut IS NULL
