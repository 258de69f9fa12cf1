-- One row: a year that holds records, and whether it is partial. Key: year.
SELECT DISTINCT
    year,
    is_partial
FROM metric.period
WHERE period_type = 'year'
