-- One row: the change of a count on the same months of the year before, over that year's count.
-- Key: the key of metric.figure.
-- Only months loaded in both years are compared, and only scopes that both years have. A member
-- that is gone this year falls by the whole of its count; a new one has nothing to grow from, so
-- it has no row. It is partial where either year is. Topics are no dimension of figures.
SELECT
    'growth_' || metric AS metric,
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
FROM metric.compared
WHERE before_count > 0 AND metric IN ('record_count', 'district_handled_count') AND topic = '*'
