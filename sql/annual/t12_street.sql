-- One row: a street or town, with its district, and what it handled. Key: year, rank.
-- A street is named by district and name: some names exist in two districts.
SELECT
    year,
    row_number() OVER (
        PARTITION BY year ORDER BY street = '?', record_count DESC, district, street
    ) AS rank,
    district,
    street,
    record_count,
    is_partial
FROM metric.section_count
WHERE
    counted = 'record_count'
    AND period_type = 'year'
    AND cut = 'unit_type district street'
    AND record_count > 0
ORDER BY year, rank
