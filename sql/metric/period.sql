-- One row: a month that holds records, in a period that it belongs to (itself, and its year).
-- Key: period_type, period, month.
SELECT
    year,
    month,
    period_type,
    period,
    is_partial,
    is_year_partial
FROM metric.entity_period
WHERE entity = 'record'
