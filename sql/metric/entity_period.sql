-- One row: a month that holds rows of an entity, in a period that it belongs to (itself, its year).
-- Key: entity, period_type, period, month.
-- A month is partial when rows of one of its days are missing (metric.held_day), a year when one of
-- its twelve months is partial or not loaded. The register ref.partial_year has the last word on a
-- year in both directions, with a reason.
WITH judged AS (
    SELECT
        entity,
        year,
        month,
        bool_or(is_missing) AS is_month_partial
    FROM metric.held_day
    GROUP BY entity, year, month
),

automatic AS (
    SELECT
        entity,
        year,
        count(*) < 12 OR bool_or(is_month_partial) AS is_year_partial
    FROM judged
    GROUP BY entity, year
),

year_judged AS (
    SELECT
        automatic.entity,
        automatic.year,
        coalesce(register.is_partial, automatic.is_year_partial) AS is_year_partial
    FROM automatic
    LEFT JOIN ref.partial_year AS register ON register.year = automatic.year
)

SELECT
    judged.entity,
    judged.year,
    judged.month,
    'month' AS period_type,
    CAST(judged.year AS STRING) || '-' || lpad(CAST(judged.month AS STRING), 2, '0') AS period,
    judged.is_month_partial AS is_partial,
    year_judged.is_year_partial
FROM judged
JOIN year_judged ON year_judged.entity = judged.entity AND year_judged.year = judged.year
UNION ALL
SELECT
    judged.entity,
    judged.year,
    judged.month,
    'year' AS period_type,
    CAST(judged.year AS STRING) AS period,
    year_judged.is_year_partial AS is_partial,
    year_judged.is_year_partial
FROM judged
JOIN year_judged ON year_judged.entity = judged.entity AND year_judged.year = judged.year
