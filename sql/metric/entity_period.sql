-- One row: a month that holds rows of an entity, in a period that it belongs to (itself, its year).
-- Key: entity, period_type, period, month.
-- A month is complete when its first and its last record lie within three days of its ends; a year
-- is complete when all its twelve months are. So a year that a dump breaks off in is partial even
-- where a few stray records reach its last months. The register ref.partial_year has the last word
-- in both directions, with a reason (an office that closed over a long holiday, say).
WITH loaded AS (
    SELECT
        entity,
        year,
        month,
        min(first_received_at) AS first_received_at,
        max(last_received_at) AS last_received_at
    FROM core.partition
    -- Values of a date (a plan's indicators) fill no months.
    WHERE row_count > 0 AND entity IN (SELECT known.entity FROM core.entity AS known WHERE known.is_flow)
    GROUP BY entity, year, month
),

judged AS (
    SELECT
        entity,
        year,
        month,
        extract(DAY FROM first_received_at) > 3
        OR last_received_at
        < date_trunc('month', last_received_at) + INTERVAL '1' MONTH - INTERVAL '3' DAY
            AS is_month_partial
    FROM loaded
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
    CAST(judged.year AS VARCHAR) || '-' || lpad(CAST(judged.month AS VARCHAR), 2, '0') AS period,
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
    CAST(judged.year AS VARCHAR) AS period,
    year_judged.is_year_partial AS is_partial,
    year_judged.is_year_partial
FROM judged
JOIN year_judged ON year_judged.entity = judged.entity AND year_judged.year = judged.year
