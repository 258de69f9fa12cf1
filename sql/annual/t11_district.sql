-- One row: a district, what its units handled, and that per 10,000 residents. Key: year, rank.
-- Ranked by count; per_10k_rank ranks by residents and is null where no population is known.
-- Which vintage of the population a year uses is written in ref.population_use.
WITH printed AS (
    SELECT
        figure.period,
        figure.district,
        coalesce(
            max(figure.numerator) FILTER (WHERE figure.metric = 'district_handled_count'), 0
        ) AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_district_handled_count')
            AS growth_rate,
        coalesce(max(figure.numerator) FILTER (WHERE figure.unit_type = '街乡镇'), 0)
            AS street_unit_count,
        coalesce(max(figure.numerator) FILTER (WHERE figure.unit_type = '区'), 0)
            AS district_unit_count,
        max(figure.denominator) FILTER (WHERE figure.metric = 'per_10k') AS population,
        max(figure.value) FILTER (WHERE figure.metric = 'per_10k') AS handled_per_10k
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.district <> '?'
        AND (
            figure.cut = 'district'
            AND figure.metric IN (
                'district_handled_count', 'per_10k', 'growth_district_handled_count'
            )
            OR figure.cut = 'unit_type district'
            AND figure.metric = 'record_count'
            AND figure.unit_type IN ('区', '街乡镇')
        )
    GROUP BY figure.period, figure.district
)

SELECT
    loaded.year,
    row_number() OVER (
        PARTITION BY printed.period
        ORDER BY printed.record_count DESC, printed.district
    ) AS rank,
    printed.district,
    coalesce(known.region, '?') AS region,
    printed.record_count,
    printed.growth_rate,
    printed.street_unit_count,
    printed.district_unit_count,
    printed.population,
    printed.handled_per_10k,
    CASE
        WHEN printed.handled_per_10k IS NOT NULL
            THEN
                row_number() OVER (
                    PARTITION BY printed.period
                    ORDER BY
                        CASE WHEN printed.handled_per_10k IS NULL THEN 1 ELSE 0 END,
                        printed.handled_per_10k DESC,
                        printed.district
                )
    END AS per_10k_rank,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
LEFT JOIN ref.district AS known ON known.district = printed.district
ORDER BY loaded.year, rank
