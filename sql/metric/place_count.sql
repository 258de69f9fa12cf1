-- One row: records by the district where the matter lies, of one type or of all. Key: the key of metric.figure.
-- The district of the place, not of the unit: a street may handle what lies next door, and who is
-- answered on the spot has no unit at all.
WITH counted AS (
    SELECT *
    FROM metric.tally
    WHERE metric = 'place_count'
    UNION ALL
    SELECT
        metric, scope, year, period_type, period, is_partial, is_year_partial, 'district' AS cut,
        '*' AS record_type, category, subcategory, handling, unit_type, unit, region, district,
        street, channel, desk, platform, praise_form, epidemic, tag, topic,
        CAST(sum(record_count) AS BIGINT) AS record_count,
        NULL AS called_back_count,
        NULL AS contacted_count,
        NULL AS resolved_count,
        NULL AS satisfied_count,
        NULL AS basically_satisfied_count,
        NULL AS closed_early_count
    FROM metric.tally
    WHERE metric = 'place_count'
    GROUP BY
        metric, scope, year, period_type, period, is_partial, is_year_partial,
        category, subcategory, handling, unit_type, unit, region, district, street, channel, desk,
        platform, praise_form, epidemic, tag, topic
)

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
FROM counted
