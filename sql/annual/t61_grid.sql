-- One row: a source of grid events in a year, and all of them together (合计). Key: year, channel.
WITH counted AS (
    SELECT
        CAST(period AS BIGINT) AS year,
        CASE WHEN channel = '*' THEN '合计' ELSE channel END AS channel,
        is_partial,
        max(CASE WHEN metric = 'event_count' THEN numerator END) AS event_count,
        max(CASE WHEN metric = 'event_share' THEN value END) AS event_share,
        max(CASE WHEN metric = 'event_solved_count' THEN numerator END) AS solved_count,
        max(CASE WHEN metric = 'event_solved_rate' THEN value END) AS solved_rate,
        max(CASE WHEN metric = 'event_close_hours' THEN value END) AS close_hours
    FROM metric.figure
    WHERE metric LIKE 'event_%' AND period_type = 'year' AND cut IN ('total', 'channel')
    GROUP BY period, channel, is_partial
)

SELECT
    year,
    channel,
    event_count,
    event_share,
    solved_count,
    solved_rate,
    close_hours,
    is_partial
FROM counted
ORDER BY year, CASE WHEN channel = '合计' THEN 0 ELSE 1 END, event_count DESC, channel
