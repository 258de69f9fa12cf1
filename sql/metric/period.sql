-- One row: a month that holds records, in a calendar period that it belongs to (itself, its quarter,
-- its year). Key: period_type, period, month.
-- A quarter is partial where one of its months is not loaded or is partial itself.
WITH monthly AS (
    SELECT *
    FROM metric.entity_period
    WHERE entity = 'record'
),

quarterly AS (
    SELECT
        year,
        month,
        is_partial,
        is_year_partial,
        CASE WHEN month <= 3 THEN 1 WHEN month <= 6 THEN 2 WHEN month <= 9 THEN 3 ELSE 4 END
            AS quarter
    FROM monthly
    WHERE period_type = 'month'
)

SELECT
    year,
    month,
    period_type,
    period,
    is_partial,
    is_year_partial
FROM monthly
UNION ALL
SELECT
    year,
    month,
    'quarter' AS period_type,
    CAST(year AS STRING) || '-Q' || CAST(quarter AS STRING) AS period,
    bool_or(is_partial) OVER (PARTITION BY year, quarter)
    OR count(*) OVER (PARTITION BY year, quarter) < 3 AS is_partial,
    is_year_partial
FROM quarterly
