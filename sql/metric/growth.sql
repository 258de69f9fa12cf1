-- One row: the change of a count on the same months of the year before, over that year's count.
-- Key: the key of metric.figure_value.
-- a view on tables
-- Only months loaded in both years are compared, and only scopes that both years have. A member
-- that is gone this year falls by the whole of its count; a new one has nothing to grow from, so
-- it has no row. It is partial where either year is. Topics are no dimension of figures.
SELECT
    'growth_' || metric AS metric,
    '-' AS convention,
    scope,
    period_type,
    period,
    cut_key,
    this_count - before_count AS numerator,
    before_count AS denominator,
    is_partial
FROM metric.compared
JOIN metric.cut_member USING (cut_key)
WHERE
    is_comparable
    AND before_count > 0
    AND metric IN ('record_count', 'district_handled_count')
    AND topic = '*'
