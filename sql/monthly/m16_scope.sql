-- One row: a month, quarter or assessment month on one of its scopes, where it has several.
-- Key: period_type, period, scope. What each scope counts, how much and which figures stand on it.
SELECT
    reported.period_type,
    reported.period,
    reported.scope,
    named.counted AS scope_counted,
    part.record_count,
    named.used_by AS scope_used_by,
    reported.is_partial
FROM metric.reported_period AS reported
JOIN metric.changed AS part
    ON
        part.metric = 'record_count'
        AND part.cut = 'total'
        AND part.scope = reported.scope
        AND part.period_type = reported.period_type
        AND part.period = reported.period
LEFT JOIN ref.scope AS named ON named.scope = reported.scope
WHERE reported.scope <> 'all'
ORDER BY
    reported.period_type, reported.period, named.sort_order NULLS LAST, reported.scope
