-- title: 有承办量的区没有可用的常住人口,不计算万人承办量
-- example: {year} 年{district}
-- One row: a district and year without a population to divide by. Key: year, district.
SELECT DISTINCT
    tally.year,
    tally.district
FROM metric.tally AS tally
LEFT JOIN ref.population_use AS used ON used.year = tally.year
LEFT JOIN ref.population AS population
    ON population.vintage = used.vintage AND population.district = tally.district
WHERE
    tally.metric = 'district_handled_count'
    AND tally.cut = 'district'
    AND tally.period_type = 'year'
    AND population.population IS NULL
ORDER BY tally.year, tally.district
