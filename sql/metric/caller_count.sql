-- One row: distinct callers of a scope and period. Key: the key of metric.figure_value.
-- Callers do not add up over months or tiers: metric.caller_tier counts each once a year.
-- A year in which some months have no callers' numbers at all is partial. A record without a tier (0)
-- in a year with tiers counts in the widest scope alone.
WITH grouped AS (
    SELECT
        period.period_type, period.period, period.year, period.is_partial,
        counted.has_untiered, counted.narrowest_tier, counted.caller_count
    FROM metric.caller_tier AS counted
    JOIN (
        SELECT DISTINCT period_type, period, year, is_partial
        FROM metric.period
        WHERE period_type = 'year'
    ) AS period
        ON period.year = counted.year
),

widest AS (
    SELECT
        year,
        scope,
        max(scope_tier) AS scope_tier,
        min(scope_tier) AS least_tier
    FROM metric.scope
    GROUP BY year, scope
)

SELECT
    'caller_count' AS metric,
    '-' AS convention,
    widest.scope,
    grouped.period_type,
    grouped.period,
    member.cut_key,
    CAST(sum(grouped.caller_count) AS BIGINT) AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    grouped.is_partial OR NOT known.is_known_throughout AS is_partial
FROM grouped
JOIN metric.known_period AS known
    ON
        known.metric = 'caller_count'
        AND known.period_type = grouped.period_type
        AND known.period = grouped.period
JOIN widest
    ON
        widest.year = grouped.year
        AND (
            grouped.narrowest_tier <= widest.scope_tier
            OR grouped.has_untiered AND widest.least_tier = 0
        )
JOIN metric.cut_member AS member ON member.cut = 'total'
GROUP BY widest.scope, grouped.period_type, grouped.period, member.cut_key, 9
