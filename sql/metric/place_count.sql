-- One row: records by the district where the matter is, of one type or of all.
-- Key: the key of metric.figure_value.
-- a view on tables
-- The district of the place, not of the unit: a street may handle what is in the neighbouring one, and who is
-- answered on the spot has no unit at all.
SELECT
    metric,
    '-' AS convention,
    scope,
    period_type,
    period,
    cut_key,
    record_count AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    is_partial
FROM metric.tally
WHERE metric = 'place_count'
