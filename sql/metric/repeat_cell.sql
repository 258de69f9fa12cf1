-- One row: records of a part of a month, of one tier, that repeat something in one way.
-- Key: year, month, month_part, scope_tier, metric.
-- Marks are of single records, so that they add up over months and tiers. What "again" and "many"
-- mean is data: ref.repeat_rule.
WITH counted AS (
    SELECT
        year, month,
        CASE
            WHEN extract(DAY FROM received_at) < assessment.first_day_of_month THEN 1 ELSE 2
        END AS month_part,
        scope_tier,
        count(dispatch_count) AS redispatched_count,
        count(caller_matter_no) AS repeat_call_count,
        count(*) FILTER (WHERE is_reopened) AS reopened_count,
        count(matter_caller_count) AS mass_matter_count,
        count(text_caller_count) AS copied_text_count
    FROM core.repeat
    CROSS JOIN ref.assessment_month AS assessment
    GROUP BY
        year, month,
        CASE
            WHEN extract(DAY FROM received_at) < assessment.first_day_of_month THEN 1 ELSE 2
        END,
        scope_tier
),

long AS (
    SELECT *, 'redispatched_count' AS metric, redispatched_count AS record_count
    FROM counted
    UNION ALL
    SELECT *, 'repeat_call_count' AS metric, repeat_call_count AS record_count
    FROM counted
    UNION ALL
    SELECT *, 'reopened_count' AS metric, reopened_count AS record_count
    FROM counted
    UNION ALL
    SELECT *, 'mass_matter_count' AS metric, mass_matter_count AS record_count
    FROM counted
    UNION ALL
    SELECT *, 'copied_text_count' AS metric, copied_text_count AS record_count
    FROM counted
)

SELECT year, month, month_part, scope_tier, metric, record_count
FROM long
WHERE record_count > 0
