-- One row: a department of the city and what it handled. Key: year, unit_type, rank.
SELECT
    year,
    unit_type,
    row_number() OVER (PARTITION BY year, unit_type ORDER BY unit = '?', record_count DESC, unit)
        AS rank,
    unit,
    record_count,
    is_partial
FROM metric.section_count
WHERE
    counted = 'record_count'
    AND period_type = 'year'
    AND cut = 'unit_type unit'
    AND unit_type = '市级部门'
    AND record_count > 0
ORDER BY year, unit_type, rank
