-- One row: records of a day, of one tier, that repeat something in one way.
-- Key: received_on, scope_tier, metric.
-- materialised per partition, with 2 months before
-- Marks are of single records, so that they add up over months and tiers. What "again" and "many"
-- mean is data: ref.repeat_rule. Each mark is counted where it is made, so that the records of
-- core.repeat need not be put together. A month rests on those before as core.repeat_call does.
WITH mark AS (
    SELECT year, month, received_at, scope_tier, 'redispatched_count' AS metric
    FROM core.record
    WHERE dispatch_count > 1
    UNION ALL
    SELECT year, month, received_at, scope_tier, 'repeat_call_count' AS metric
    FROM core.repeat_call
    UNION ALL
    SELECT year, month, received_at, scope_tier, 'reopened_count' AS metric
    FROM core.repeat_call
    WHERE is_reopened
    UNION ALL
    SELECT year, month, received_at, scope_tier, 'mass_matter_count' AS metric
    FROM core.mass_matter
    UNION ALL
    SELECT year, month, received_at, scope_tier, 'copied_text_count' AS metric
    FROM core.copied_text
)

SELECT
    year,
    month,
    CAST(received_at AS DATE) AS received_on,
    scope_tier,
    metric,
    count(*) AS record_count
FROM mark
GROUP BY year, month, CAST(received_at AS DATE), scope_tier, metric
