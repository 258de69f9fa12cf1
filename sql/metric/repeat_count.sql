-- One row: records of a scope and period that repeat something in one way. Key: the key of
-- metric.figure.
-- Marks are of single records, so that they add up over months and tiers. What "again" and "many"
-- mean is data: ref.repeat_rule.
WITH counted AS (
    SELECT
        year, month, scope_tier,
        count(dispatch_count) AS redispatched_count,
        count(caller_matter_no) AS repeat_call_count,
        count(*) FILTER (WHERE is_reopened) AS reopened_count,
        count(matter_caller_count) AS mass_matter_count,
        count(text_caller_count) AS copied_text_count
    FROM core.repeat
    GROUP BY year, month, scope_tier
),

long AS (
    SELECT year, month, scope_tier, 'redispatched_count' AS metric, redispatched_count AS record_count
    FROM counted
    UNION ALL
    SELECT year, month, scope_tier, 'repeat_call_count' AS metric, repeat_call_count AS record_count
    FROM counted
    UNION ALL
    SELECT year, month, scope_tier, 'reopened_count' AS metric, reopened_count AS record_count
    FROM counted
    UNION ALL
    SELECT year, month, scope_tier, 'mass_matter_count' AS metric, mass_matter_count AS record_count
    FROM counted
    UNION ALL
    SELECT year, month, scope_tier, 'copied_text_count' AS metric, copied_text_count AS record_count
    FROM counted
)

SELECT
    long.metric,
    '1' AS method_version,
    '-' AS convention,
    scope.scope,
    'received' AS date_basis,
    period.period_type,
    period.period,
    '*' AS record_type,
    '*' AS category,
    '*' AS subcategory,
    '*' AS handling,
    '*' AS unit_type,
    '*' AS unit,
    '*' AS region,
    '*' AS district,
    '*' AS street,
    '*' AS channel,
    '*' AS desk,
    '*' AS platform,
    '*' AS praise_form,
    '*' AS epidemic,
    '*' AS tag,
    CAST(sum(long.record_count) AS BIGINT) AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    period.is_partial,
    'total' AS cut
FROM long
JOIN metric.scope AS scope ON scope.year = long.year AND scope.scope_tier = long.scope_tier
JOIN metric.period AS period ON period.year = long.year AND period.month = long.month
WHERE long.record_count > 0
GROUP BY long.metric, scope.scope, period.period_type, period.period, period.is_partial
