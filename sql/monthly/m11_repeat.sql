-- One row: a way of repeating something in a month, quarter or assessment month.
-- Key: period_type, period, metric.
-- metric is redispatched_count (over several units), repeat_call_count (the same caller with the same
-- matter), reopened_count (of these, after it had been closed), mass_matter_count (many callers, one
-- matter), copied_text_count (one text): ref.repeat_rule says what counts. The share is of all
-- records. A way that nothing was repeated in has 0, so that none is silently missing; one that
-- the records cannot give (metric.known_period) has no count at all. Where some months alone are known,
-- the count is of those and neither share nor change is given (is_known_throughout is false). is_printed is
-- what a page prints: a known way that this period or one that it is compared with had any of.
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

known AS (
    SELECT
        reported.period_type,
        reported.period,
        reported.scope,
        own.metric,
        own.is_known,
        own.is_known_throughout,
        reported.has_previous AND own.is_known_throughout
        AND coalesce(previous.is_known_throughout, FALSE) AS has_previous,
        reported.has_before AND own.is_known_throughout
        AND coalesce(before.is_known_throughout, FALSE) AS has_before,
        reported.is_partial
    FROM metric.section_period AS reported
    JOIN metric.known_period AS own
        ON
            own.period_type = reported.period_type
            AND own.period = reported.period
    LEFT JOIN metric.known_period AS previous
        ON
            previous.metric = own.metric
            AND previous.period_type = reported.period_type
            AND previous.period = reported.previous_period
    LEFT JOIN metric.known_period AS before
        ON
            before.metric = own.metric
            AND before.period_type = reported.period_type
            AND before.period = reported.before_period
),

printed AS (
    SELECT
        known.period_type,
        known.period,
        way.rank,
        way.repeat_kind,
        known.metric,
        known.is_known,
        known.is_known_throughout,
        CASE WHEN known.is_known THEN coalesce(changed.record_count, 0) END AS record_count,
        CASE WHEN known.is_known_throughout THEN coalesce(changed.record_count, 0) END
            AS share_numerator,
        CASE WHEN known.is_known_throughout THEN whole.record_count END AS share_denominator,
        CASE
            WHEN known.is_known_throughout THEN coalesce(figure.value, CAST(0 AS DECIMAL(18, 8)))
        END AS record_share,
        CASE WHEN known.has_previous THEN coalesce(changed.previous_count, 0) END AS previous_count,
        CASE WHEN known.has_previous THEN changed.previous_growth_rate END AS previous_growth_rate,
        CASE WHEN known.has_before THEN coalesce(changed.before_count, 0) END AS before_count,
        CASE WHEN known.has_before THEN changed.growth_rate END AS growth_rate,
        known.is_partial OR known.is_known AND NOT known.is_known_throughout AS is_partial
    FROM known
    JOIN way ON way.metric = known.metric
    LEFT JOIN metric.changed AS changed
        ON
            changed.period_type = known.period_type
            AND changed.period = known.period
            AND changed.scope = known.scope
            AND changed.metric = known.metric
    JOIN metric.changed AS whole
        ON
            whole.period_type = known.period_type
            AND whole.period = known.period
            AND whole.scope = known.scope
    LEFT JOIN metric.figure AS figure
        ON
            figure.metric = way.share
            AND figure.period_type = known.period_type
            AND figure.period = known.period
            AND figure.scope = known.scope
    WHERE whole.metric = 'record_count' AND whole.cut = 'total'
)

SELECT
    period_type,
    period,
    rank,
    repeat_kind,
    metric,
    is_known,
    is_known_throughout,
    is_known AND record_count + coalesce(previous_count, 0) + coalesce(before_count, 0) > 0 AS is_printed,
    record_count,
    share_numerator,
    share_denominator,
    record_share,
    previous_count,
    previous_growth_rate,
    before_count,
    growth_rate,
    is_partial
FROM printed
ORDER BY period_type, period, rank
