-- One row: a region, and what its districts and their streets handled. Key: year, rank.
-- Records of unit type 区 whose district is not known are in no region and are not among them.
WITH by_unit AS (
    SELECT
        year,
        region,
        max(record_count) FILTER (WHERE unit_type = '街乡镇') AS street_unit_count,
        max(record_count) FILTER (WHERE unit_type = '区') AS district_unit_count
    FROM metric.section_count
    WHERE counted = 'record_count' AND period_type = 'year' AND cut = 'unit_type region'
    GROUP BY year, region
)

SELECT
    year,
    row_number() OVER (PARTITION BY year ORDER BY handled.record_count DESC, region) AS rank,
    region,
    handled.record_count,
    handled.growth_rate,
    handled.share_numerator,
    handled.share_denominator,
    handled.share AS region_share,
    coalesce(by_unit.street_unit_count, 0) AS street_unit_count,
    coalesce(by_unit.district_unit_count, 0) AS district_unit_count,
    handled.is_partial
FROM metric.section_count AS handled
LEFT JOIN by_unit USING (year, region)
WHERE
    handled.counted = 'district_handled_count'
    AND handled.period_type = 'year'
    AND handled.cut = 'region'
    AND region <> '?'
ORDER BY year, rank
