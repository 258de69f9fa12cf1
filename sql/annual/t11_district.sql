-- One row: a district, what its units handled, and that per 10,000 residents. Key: year, rank.
-- Ranked by count; per_10k_rank ranks by residents and is null where no population is known.
-- Which vintage of the population a year uses is written in ref.population_use.
WITH by_unit AS (
    SELECT
        year,
        district,
        max(record_count) FILTER (WHERE unit_type = '街乡镇') AS street_unit_count,
        max(record_count) FILTER (WHERE unit_type = '区') AS district_unit_count
    FROM metric.section_count
    WHERE counted = 'record_count' AND period_type = 'year' AND cut = 'unit_type district'
    GROUP BY year, district
),

resident AS (
    SELECT loaded.year, figure.district, figure.denominator, figure.value
    FROM metric.figure AS figure
    JOIN metric.section_year AS loaded USING (period_type, period, scope)
    WHERE figure.metric = 'per_10k'
)

SELECT
    year,
    row_number() OVER (PARTITION BY year ORDER BY handled.record_count DESC, district) AS rank,
    district,
    coalesce(known.region, '?') AS region,
    handled.record_count,
    handled.growth_rate,
    coalesce(by_unit.street_unit_count, 0) AS street_unit_count,
    coalesce(by_unit.district_unit_count, 0) AS district_unit_count,
    resident.denominator AS population,
    resident.value AS handled_per_10k,
    CASE
        WHEN resident.value IS NOT NULL
            THEN row_number() OVER (
                PARTITION BY year ORDER BY resident.value DESC NULLS LAST, district
            )
    END AS per_10k_rank,
    handled.is_partial
FROM metric.section_count AS handled
LEFT JOIN by_unit USING (year, district)
LEFT JOIN resident USING (year, district)
LEFT JOIN ref.district AS known USING (district)
WHERE
    handled.counted = 'district_handled_count'
    AND handled.period_type = 'year'
    AND handled.cut = 'district'
    AND district <> '?'
ORDER BY year, rank
