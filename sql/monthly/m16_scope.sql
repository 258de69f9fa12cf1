-- One row: a month, quarter or assessment month on one of its scopes, where it has several.
-- Key: period_type, period, scope. What each scope counts, how much and which figures use it.
SELECT
    period_type,
    period,
    scope,
    named.counted AS scope_counted,
    part.record_count,
    named.used_by AS scope_used_by,
    reported.is_partial
FROM metric.reported_period AS reported
JOIN metric.changed AS part USING (period_type, period, scope)
LEFT JOIN ref.scope AS named USING (scope)
WHERE part.metric = 'record_count' AND part.cut = 'total' AND scope <> 'all'
ORDER BY period_type, period, named.sort_order NULLS LAST, scope
