-- One row: a district's grid system in a year, by its events. Key: year, district.
WITH counted AS (
    SELECT
        CAST(substring(period, 1, 4) AS BIGINT) AS year,
        district AS district,
        is_partial,
        max(CASE WHEN metric = 'event_count' THEN numerator END) AS event_count,
        max(CASE WHEN metric = 'event_share' THEN value END) AS event_share,
        max(CASE WHEN metric = 'event_solved_count' THEN numerator END) AS solved_count,
        max(CASE WHEN metric = 'event_solved_rate' THEN value END) AS solved_rate,
        max(CASE WHEN metric = 'event_close_hours' THEN value END) AS close_hours
    FROM metric.figure
    WHERE metric LIKE 'event_%' AND period_type = 'year' AND cut = 'district'
    GROUP BY period, district, is_partial
)

SELECT
    counted.year,
    rank() OVER (PARTITION BY year ORDER BY event_count DESC) AS rank,
    counted.district,
    counted.event_count,
    counted.event_share,
    counted.solved_count,
    counted.solved_rate,
    counted.close_hours,
    counted.is_partial
FROM counted
ORDER BY counted.year, rank, counted.district
