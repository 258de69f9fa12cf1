-- One row: records of a day, of one tier, that repeat something in one way.
-- Key: received_on, scope_tier, metric.
-- Marks are of single records, so that they add up over months and tiers. What "again" and "many"
-- mean is data: ref.repeat_rule.
WITH counted AS (
    SELECT
        year, month,
        CAST(received_at AS DATE) AS received_on,
        scope_tier,
        count(dispatch_count) AS redispatched_count,
        count(caller_matter_no) AS repeat_call_count,
        count(*) FILTER (WHERE is_reopened) AS reopened_count,
        count(matter_caller_count) AS mass_matter_count,
        count(text_caller_count) AS copied_text_count
    FROM core.repeat
    GROUP BY
        year, month,
        CAST(received_at AS DATE),
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

SELECT year, month, received_on, scope_tier, metric, record_count
FROM long
WHERE record_count > 0
