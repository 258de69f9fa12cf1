-- One row: a record type of a year, 其他 for records of none of the five. Key: year, rank.
SELECT
    year,
    row_number() OVER (PARTITION BY year ORDER BY record_type = '?', record_count DESC, record_type)
        AS rank,
    record_type,
    record_count,
    growth_rate,
    share_numerator,
    share_denominator,
    share AS type_share,
    is_partial
FROM metric.section_count
WHERE counted = 'record_count' AND period_type = 'year' AND cut = 'record_type'
ORDER BY year, rank
