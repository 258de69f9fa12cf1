-- One row: a month, quarter or assessment month on the scope of printed sections.
-- Key: period_type, period, scope.
-- A join USING (period_type, period, scope) leaves what the tables of bulletins print.
SELECT reported.*
FROM metric.reported_period AS reported
JOIN ref.scope_use AS used ON used.scope = reported.scope AND used.purpose = 'section'
