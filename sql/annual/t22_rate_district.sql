-- One row: the three rates of what a district and its streets handled.
-- Key: year, convention, rank.
-- Ranked by resolution, ties by volume. A rate of which the dump lacks the column is
-- null; a dump without call-backs has no rows here.
SELECT
    year,
    convention,
    row_number() OVER (
        PARTITION BY year, convention
        ORDER BY resolution_rate DESC, called_back_count DESC, district
    ) AS rank,
    district,
    response_numerator,
    response_denominator,
    response_rate,
    resolution_numerator,
    resolution_denominator,
    resolution_rate,
    satisfaction_numerator,
    satisfaction_denominator,
    satisfaction_rate,
    is_partial
FROM metric.section_rate
WHERE period_type = 'year' AND cut = 'district'
ORDER BY year, convention, rank
