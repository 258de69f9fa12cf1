-- One row: platforms of a channel that brought at least one record of a scope and period.
-- Key: the key of metric.figure_value.
SELECT
    'platform_count' AS metric,
    '-' AS convention,
    tally.scope,
    tally.period_type,
    tally.period,
    channel.cut_key,
    count(*) AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    tally.is_partial OR gap.cut IS NOT NULL AS is_partial
FROM metric.tally AS tally
JOIN metric.cut_member AS member ON member.cut_key = tally.cut_key
JOIN metric.cut_member AS channel
    ON channel.cut = 'channel' AND channel.channel = member.channel
LEFT JOIN metric.cut_gap AS gap
    ON
        gap.cut = member.cut
        AND gap.period_type = tally.period_type
        AND gap.period = tally.period
        AND gap.known_month_count > 0
WHERE
    tally.metric = 'record_count'
    AND member.cut = 'channel platform'
    AND member.platform <> '?'
    AND tally.record_count > 0
GROUP BY
    tally.scope, tally.period_type, tally.period, channel.cut_key,
    tally.is_partial OR gap.cut IS NOT NULL
