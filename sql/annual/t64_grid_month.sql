-- One row: a month of grid events. Key: year, month.
WITH counted AS (
    SELECT
        CAST(substring(period, 1, 4) AS BIGINT) AS year,
        CAST(substring(period, 6, 2) AS INTEGER) AS month,
        is_partial,
        max(CASE WHEN metric = 'event_count' THEN numerator END) AS event_count,
        max(CASE WHEN metric = 'event_solved_count' THEN numerator END) AS solved_count,
        max(CASE WHEN metric = 'event_solved_rate' THEN value END) AS solved_rate,
        max(CASE WHEN metric = 'event_close_hours' THEN value END) AS close_hours
    FROM metric.figure
    WHERE metric LIKE 'event_%' AND period_type = 'month' AND cut = 'total'
    GROUP BY period, is_partial
)

SELECT year, month, event_count, solved_count, solved_rate, close_hours, is_partial
FROM counted
ORDER BY year, month
