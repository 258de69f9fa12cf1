-- One row: records handled by districts and their streets (district known), by the district or
-- region of the handling unit. Key: the key of metric.figure.
-- unit_type stays `*`: the figure adds the two kinds of unit.
SELECT
    metric AS metric,
    '1' AS method_version,
    '-' AS convention,
    scope,
    'received' AS date_basis,
    period_type,
    period,
    record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag,
    record_count AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    is_partial,
    cut
FROM metric.tally
WHERE metric = 'district_handled_count'
