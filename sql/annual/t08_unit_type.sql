-- One row: a type of unit and what it handled. Key: year, rank.
-- Shares are of all dispatched records, those of units in no register (`?`) included.
SELECT
    year,
    row_number() OVER (PARTITION BY year ORDER BY unit_type = '?', record_count DESC, unit_type)
        AS rank,
    unit_type,
    record_count,
    growth_rate,
    share_numerator,
    share_denominator,
    share AS unit_type_share,
    is_partial
FROM metric.section_count
WHERE counted = 'record_count' AND period_type = 'year' AND cut = 'unit_type'
ORDER BY year, rank
