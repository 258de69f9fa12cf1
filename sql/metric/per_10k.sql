-- One row: records that a district handled per 10,000 residents. Key: the key of metric.figure_value.
-- Which census a year's report divides by is written in ref.population_use: the same end-2019
-- figures were revised later, and a figure once published keeps its own vintage.
SELECT
    'per_10k' AS metric,
    '-' AS convention,
    scope,
    period_type,
    period,
    cut_key,
    record_count * 10000 AS numerator,
    population.population AS denominator,
    is_partial
FROM metric.tally
JOIN metric.cut_member USING (cut_key)
JOIN ref.population_use USING (year)
JOIN ref.population AS population USING (vintage, district)
WHERE metric = 'district_handled_count' AND cut = 'district' AND population.population > 0
