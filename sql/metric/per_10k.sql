-- One row: records that a district handled per 10,000 residents. Key: the key of metric.figure.
-- Which census a year's report divides by is written in ref.population_use: the same end-2019
-- figures were revised later, and a figure once published keeps its own vintage.
SELECT
    'per_10k' AS metric,
    '1' AS method_version,
    '-' AS convention,
    tally.scope,
    'received' AS date_basis,
    tally.period_type,
    tally.period,
    tally.record_type, category, subcategory, handling, unit_type, unit, region, tally.district,
    street, channel, desk, platform, praise_form, epidemic, tag,
    tally.record_count * 10000 AS numerator,
    population.population AS denominator,
    tally.is_partial,
    tally.cut
FROM metric.tally AS tally
JOIN ref.population_use AS used ON used.year = tally.year
JOIN ref.population AS population
    ON population.vintage = used.vintage AND population.district = tally.district
WHERE
    tally.metric = 'district_handled_count'
    AND tally.cut = 'district'
    AND population.population > 0
