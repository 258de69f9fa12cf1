-- One row: a class of grid events (a department's function) in a year. Key: year, grid_class.
WITH counted AS (
    SELECT
        CAST(substring(period, 1, 4) AS BIGINT) AS year,
        category AS grid_class,
        is_partial,
        max(CASE WHEN metric = 'event_count' THEN numerator END) AS event_count,
        max(CASE WHEN metric = 'event_share' THEN value END) AS event_share,
        max(CASE WHEN metric = 'event_solved_count' THEN numerator END) AS solved_count,
        max(CASE WHEN metric = 'event_solved_rate' THEN value END) AS solved_rate,
        max(CASE WHEN metric = 'event_close_hours' THEN value END) AS close_hours
    FROM metric.figure
    WHERE metric LIKE 'event_%' AND period_type = 'year' AND cut = 'category'
    GROUP BY period, category, is_partial
)

SELECT
    counted.year,
    rank() OVER (PARTITION BY year ORDER BY event_count DESC) AS rank,
    counted.grid_class,
    counted.event_count,
    counted.event_share,
    counted.solved_count,
    counted.solved_rate,
    counted.close_hours,
    counted.is_partial
FROM counted
LEFT JOIN ref.grid_class AS known ON known.grid_class = counted.grid_class
ORDER BY counted.year, rank, known.sort_order, counted.grid_class
