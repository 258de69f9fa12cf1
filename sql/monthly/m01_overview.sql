-- One row: a month, quarter or assessment month on one of its scopes. Key: period_type, period, scope.
-- is_section marks the scope of all other tables of bulletins. Beside each count those of the period
-- before (previous_) and of the same one of the year before (before_), with both changes; null where
-- there is no such period, or one of the two is partial. A count that the dump cannot give (no
-- channel, no handling) is null, not zero; so are changes by the mean day where the periods have as
-- many days, and the first two months where the Spring Festival did not move. is_ended: the data
-- reach the period's end.
WITH part AS (
    SELECT
        *,
        CASE
            WHEN cut = 'total' THEN 'total'
            WHEN cut = 'handling' AND handling = '派单' THEN 'dispatched'
            WHEN cut = 'handling' AND handling = '直接解答' THEN 'direct'
            WHEN cut = 'channel' AND channel = '电话' THEN 'phone'
            WHEN cut = 'channel' AND channel = '网络' THEN 'online'
            WHEN cut = 'handling channel' AND handling = '派单' AND channel = '网络'
                THEN 'online_dispatched'
        END AS part
    FROM metric.changed
    WHERE metric = 'record_count'
),

beside AS (
    SELECT
        period_type,
        period,
        scope,
        max(value) FILTER (WHERE metric = 'growth_previous_daily_record_count')
            AS previous_daily_growth_rate,
        max(value) FILTER (WHERE metric = 'growth_daily_record_count') AS daily_growth_rate,
        max(numerator) FILTER (WHERE metric = 'first_months_count') AS first_months_count,
        max(value) FILTER (WHERE metric = 'growth_first_months_count') AS first_months_growth_rate
    FROM metric.figure
    WHERE
        cut = 'total'
        AND metric IN (
            'growth_daily_record_count', 'growth_previous_daily_record_count', 'first_months_count',
            'growth_first_months_count'
        )
    GROUP BY period_type, period, scope
)

SELECT
    period_type,
    period,
    scope,
    reported.year,
    reported.first_on,
    reported.last_on,
    section.year IS NOT NULL AS is_section,
    max(part.record_count) FILTER (WHERE part.part = 'total') AS record_count,
    max(part.previous_count) FILTER (WHERE part.part = 'total') AS previous_count,
    max(part.previous_growth_rate) FILTER (WHERE part.part = 'total') AS previous_growth_rate,
    max(part.before_count) FILTER (WHERE part.part = 'total') AS before_count,
    max(part.growth_rate) FILTER (WHERE part.part = 'total') AS growth_rate,
    beside.previous_daily_growth_rate,
    beside.daily_growth_rate,
    beside.first_months_count,
    beside.first_months_growth_rate,
    max(part.record_count) FILTER (WHERE part.part = 'dispatched') AS dispatched_count,
    max(part.previous_count) FILTER (WHERE part.part = 'dispatched') AS dispatched_previous_count,
    max(part.previous_growth_rate) FILTER (WHERE part.part = 'dispatched')
        AS dispatched_previous_growth_rate,
    max(part.before_count) FILTER (WHERE part.part = 'dispatched') AS dispatched_before_count,
    max(part.growth_rate) FILTER (WHERE part.part = 'dispatched') AS dispatched_growth_rate,
    max(part.record_count) FILTER (WHERE part.part = 'direct') AS direct_count,
    max(part.previous_count) FILTER (WHERE part.part = 'direct') AS direct_previous_count,
    max(part.previous_growth_rate) FILTER (WHERE part.part = 'direct')
        AS direct_previous_growth_rate,
    max(part.before_count) FILTER (WHERE part.part = 'direct') AS direct_before_count,
    max(part.growth_rate) FILTER (WHERE part.part = 'direct') AS direct_growth_rate,
    max(part.record_count) FILTER (WHERE part.part = 'phone') AS phone_count,
    max(part.previous_count) FILTER (WHERE part.part = 'phone') AS phone_previous_count,
    max(part.previous_growth_rate) FILTER (WHERE part.part = 'phone') AS phone_previous_growth_rate,
    max(part.before_count) FILTER (WHERE part.part = 'phone') AS phone_before_count,
    max(part.growth_rate) FILTER (WHERE part.part = 'phone') AS phone_growth_rate,
    max(part.record_count) FILTER (WHERE part.part = 'online') AS online_count,
    max(part.previous_count) FILTER (WHERE part.part = 'online') AS online_previous_count,
    max(part.previous_growth_rate) FILTER (WHERE part.part = 'online')
        AS online_previous_growth_rate,
    max(part.before_count) FILTER (WHERE part.part = 'online') AS online_before_count,
    max(part.growth_rate) FILTER (WHERE part.part = 'online') AS online_growth_rate,
    max(part.record_count) FILTER (WHERE part.part = 'online_dispatched')
        AS online_dispatched_count,
    max(part.previous_count) FILTER (WHERE part.part = 'online_dispatched')
        AS online_dispatched_previous_count,
    max(part.previous_growth_rate) FILTER (WHERE part.part = 'online_dispatched')
        AS online_dispatched_previous_growth_rate,
    max(part.before_count) FILTER (WHERE part.part = 'online_dispatched')
        AS online_dispatched_before_count,
    max(part.growth_rate) FILTER (WHERE part.part = 'online_dispatched')
        AS online_dispatched_growth_rate,
    reported.previous_period,
    reported.has_previous,
    reported.before_period,
    reported.has_before,
    reported.is_ended,
    reported.is_partial
FROM metric.reported_period AS reported
JOIN part USING (period_type, period, scope)
LEFT JOIN beside USING (period_type, period, scope)
LEFT JOIN metric.section_period AS section USING (period_type, period, scope)
GROUP BY
    period_type, period, scope, reported.year, reported.first_on, reported.last_on, 7,
    beside.previous_daily_growth_rate, beside.daily_growth_rate, beside.first_months_count,
    beside.first_months_growth_rate, reported.previous_period, reported.has_previous,
    reported.before_period, reported.has_before, reported.is_ended, reported.is_partial
ORDER BY period_type, period, scope
