-- One row: a week whose days are all held, on the scope of printed sections. Key: week_index.
-- A week of which a day is not loaded or missing (metric.held_day) is unknown: its records are those
-- of a part of it. `asked_day` is as for week_count.sql.
SELECT asked_day.week_index
FROM asked_day
JOIN metric.held_day AS held
    ON
        held.entity = 'record'
        AND held.received_on = asked_day.day_on
        AND NOT held.is_missing
WHERE
    EXISTS (
        SELECT 1
        FROM metric.scope AS scope
        JOIN ref.scope_use AS scope_use
            ON scope_use.scope = scope.scope AND scope_use.purpose = 'section'
        WHERE scope.year = held.year
    )
GROUP BY asked_day.week_index
HAVING count(*) = 7
