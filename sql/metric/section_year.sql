-- One row: a year that holds records, on a scope of printed sections. Key: period, scope.
-- A join USING (period_type, period, scope) leaves what the yearly tables print.
SELECT
    'year' AS period_type,
    CAST(loaded.year AS STRING) AS period,
    used.scope,
    loaded.year,
    loaded.is_partial
FROM metric.loaded_year AS loaded
CROSS JOIN ref.scope_use AS used
WHERE used.purpose = 'section'
