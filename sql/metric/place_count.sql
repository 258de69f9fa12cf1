-- One row: records of a type by the district where the matter lies. Key: the key of metric.figure.
-- The district of the place, not of the unit: a street may handle what lies next door, and who is
-- answered on the spot has no unit at all.
SELECT
    metric AS metric,
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
    record_count AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    is_partial,
    cut
FROM metric.tally
WHERE metric = 'place_count'
