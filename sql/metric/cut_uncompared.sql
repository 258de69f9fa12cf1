-- One row: a cut that a period cannot be compared by, with the same period of the year before or
-- with the period before it (is_previous). Key: scope, cut, period_type, period, is_previous.
-- Some months of either lack a column of the cut (metric.cut_gap), or the tiers that a narrower
-- scope counts by: what is missing would pass for a change. Where both periods lack it wholly there
-- is one member, the unknown, and it is compared as the total is.
WITH scope AS (
    SELECT scope, min(scope_tier) > 0 AS is_narrow
    FROM metric.scope
    GROUP BY scope
),

gap AS (
    SELECT scope.scope, gap.cut, gap.period_type, gap.period, gap.known_month_count
    FROM metric.cut_gap AS gap
    CROSS JOIN scope
    UNION ALL
    SELECT scope.scope, cut.cut, gap.period_type, gap.period, gap.known_month_count
    FROM metric.column_gap AS gap
    CROSS JOIN scope
    CROSS JOIN metric.cut AS cut
    WHERE gap.column_name = 'scope_tier' AND scope.is_narrow
),

lacking AS (
    SELECT scope, cut, period_type, period, min(known_month_count) AS known_month_count
    FROM gap
    GROUP BY scope, cut, period_type, period
),

pair AS (
    SELECT DISTINCT
        period_type,
        period,
        CAST(CAST(substring(period, 1, 4) AS INTEGER) - 1 AS STRING) || substring(period, 5)
            AS other_period,
        FALSE AS is_previous
    FROM metric.period_part
    UNION
    SELECT period_type, period, previous_period AS other_period, TRUE AS is_previous
    FROM metric.reported_period
    WHERE previous_period IS NOT NULL
),

either AS (
    SELECT
        lacking.scope, lacking.cut, pair.period_type, pair.period, pair.is_previous,
        lacking.known_month_count
    FROM pair
    JOIN lacking ON lacking.period_type = pair.period_type AND lacking.period = pair.period
    UNION ALL
    SELECT
        lacking.scope, lacking.cut, pair.period_type, pair.period, pair.is_previous,
        lacking.known_month_count
    FROM pair
    JOIN lacking ON lacking.period_type = pair.period_type AND lacking.period = pair.other_period
)

SELECT scope, cut, period_type, period, is_previous
FROM either
GROUP BY scope, cut, period_type, period, is_previous
HAVING count(*) < 2 OR max(known_month_count) > 0
