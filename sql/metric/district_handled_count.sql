-- One row: records handled by districts and their streets (district known), by the district or
-- region of the handling unit. Key: the key of metric.figure_value.
-- a view on tables
-- unit_type stays `*`: the figure adds the two kinds of unit.
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
WHERE metric = 'district_handled_count'
