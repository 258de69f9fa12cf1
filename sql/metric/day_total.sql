-- One row: all records received on a day, of one scope. Key: scope, received_on.
SELECT
    scope.scope,
    day.received_on,
    CAST(sum(day.record_count) AS BIGINT) AS record_count
FROM metric.day_count AS day
JOIN metric.scope AS scope ON scope.year = day.year AND scope.scope_tier = day.scope_tier
WHERE day.district <> '*'
GROUP BY scope.scope, day.received_on
