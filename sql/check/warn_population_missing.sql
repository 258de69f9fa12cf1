-- title: 有承办量的区没有可用的常住人口,不计算万人承办量
-- example: {year} 年{district}
-- One row: a district and year without a population to divide by. Key: year, district.
SELECT DISTINCT year, district
FROM metric.tally
JOIN metric.cut_member USING (cut_key)
LEFT JOIN ref.population_use USING (year)
LEFT JOIN ref.population AS population USING (vintage, district)
WHERE
    metric = 'district_handled_count'
    AND cut = 'district'
    AND period_type = 'year'
    AND population.population IS NULL
ORDER BY year, district
