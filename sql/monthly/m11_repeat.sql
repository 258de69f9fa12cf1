-- One row: a way of repeating something in a month, quarter or assessment month.
-- Key: period_type, period, metric.
-- metric is redispatched_count (over several units), repeat_call_count (the same caller with the same
-- matter), reopened_count (of these, after it had been closed), mass_matter_count (many callers, one
-- matter), copied_text_count (one text): ref.repeat_rule says what counts. The share is of all
-- records. A way that nothing was repeated in stands with 0, so that none is silently missing.
WITH way AS (
    SELECT *
    FROM (
        VALUES
        (1, '多次派单', 'redispatched_count', 'redispatched_share'),
        (2, '重复反映', 'repeat_call_count', 'repeat_call_share'),
        (3, '办结后再次反映', 'reopened_count', 'reopened_share'),
        (4, '集中反映', 'mass_matter_count', 'mass_matter_share'),
        (5, '文本相同', 'copied_text_count', 'copied_text_share')
    ) AS listed (rank, repeat_kind, metric, share)
),

whole AS (
    SELECT scope, period_type, period, record_count
    FROM metric.changed
    WHERE metric = 'record_count' AND cut = 'total'
)

SELECT
    reported.period_type,
    reported.period,
    way.rank,
    way.repeat_kind,
    way.metric,
    coalesce(changed.record_count, 0) AS record_count,
    coalesce(changed.record_count, 0) AS share_numerator,
    whole.record_count AS share_denominator,
    coalesce(figure.value, CAST(0 AS DECIMAL(18, 8))) AS record_share,
    CASE WHEN reported.has_previous THEN coalesce(changed.previous_count, 0) END AS previous_count,
    changed.previous_growth_rate,
    CASE WHEN reported.has_before THEN coalesce(changed.before_count, 0) END AS before_count,
    changed.growth_rate,
    reported.is_partial
FROM metric.reported_period AS reported
JOIN ref.scope_use AS used ON used.scope = reported.scope AND used.purpose = 'section'
CROSS JOIN way
JOIN whole
    ON
        whole.scope = reported.scope
        AND whole.period_type = reported.period_type
        AND whole.period = reported.period
LEFT JOIN metric.changed AS changed
    ON
        changed.metric = way.metric
        AND changed.scope = reported.scope
        AND changed.period_type = reported.period_type
        AND changed.period = reported.period
LEFT JOIN metric.figure AS figure
    ON
        figure.metric = way.share
        AND figure.scope = reported.scope
        AND figure.period_type = reported.period_type
        AND figure.period = reported.period
ORDER BY reported.period_type, reported.period, way.rank
