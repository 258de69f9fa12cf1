-- One row: a region, and what its districts and their streets handled. Key: year, rank.
-- Records of unit type 区 whose district is not known lie in no region and are not among them.
WITH printed AS (
    SELECT
        figure.period,
        figure.region,
        coalesce(
            max(figure.numerator) FILTER (WHERE figure.metric = 'district_handled_count'), 0
        ) AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_district_handled_count')
            AS growth_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'region_share') AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'region_share')
            AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'region_share') AS region_share,
        coalesce(max(figure.numerator) FILTER (WHERE figure.unit_type = '街乡镇'), 0)
            AS street_unit_count,
        coalesce(max(figure.numerator) FILTER (WHERE figure.unit_type = '区'), 0)
            AS district_unit_count
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.region <> '?'
        AND (
            figure.cut = 'region'
            AND figure.metric IN (
                'district_handled_count', 'region_share', 'growth_district_handled_count'
            )
            OR figure.cut = 'unit_type region'
            AND figure.metric = 'record_count'
            AND figure.unit_type IN ('区', '街乡镇')
        )
    GROUP BY figure.period, figure.region
)

SELECT
    loaded.year,
    row_number() OVER (
        PARTITION BY printed.period
        ORDER BY printed.record_count DESC, printed.region
    ) AS rank,
    printed.region,
    printed.record_count,
    printed.growth_rate,
    printed.share_numerator,
    printed.share_denominator,
    printed.region_share,
    printed.street_unit_count,
    printed.district_unit_count,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
ORDER BY loaded.year, rank
