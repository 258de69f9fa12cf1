-- One row: the three rates of the whole city (合计, pooled) or of a type of unit.
-- Key: year, convention, rank.
-- Ranked by resolution, ties by volume. The rates of the year before are of the same months and the
-- same convention. A rate of which the dump lacks the column is null; a dump without call-backs has no
-- rows here.
SELECT
    year,
    convention,
    row_number() OVER (
        PARTITION BY year, convention
        ORDER BY unit_type <> '*', resolution_rate DESC, called_back_count DESC, unit_type
    ) AS rank,
    CASE WHEN unit_type = '*' THEN '合计' ELSE unit_type END AS unit_type,
    response_numerator,
    response_denominator,
    response_rate,
    resolution_numerator,
    resolution_denominator,
    resolution_rate,
    satisfaction_numerator,
    satisfaction_denominator,
    satisfaction_rate,
    before_response_rate,
    before_resolution_rate,
    before_satisfaction_rate,
    is_partial
FROM metric.section_rate
WHERE period_type = 'year' AND cut IN ('total', 'unit_type') AND called_back_count > 0
ORDER BY year, convention, rank
