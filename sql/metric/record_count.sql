-- One row: records of a scope and period in one member of a cut. Key: the key of
-- metric.figure. Topics are no dimension of figures: bulletins tell them from metric.changed.
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
WHERE metric = 'record_count' AND topic = '*'
