-- One row: the counts of a member of a cut in a month, quarter or assessment month, and in the same
-- days of the one before it. Key: metric, scope, period_type, period, cut_key (metric.cut_member).
-- The days that both have (metric.compared_day): the n-th month of a quarter is compared with the
-- n-th of the quarter before. A member of one of them alone has 0 in the other: what is gone and what
-- is new both stay. It is partial where either is. Classes that the register of changes ties
-- together are one member (metric.member_compared). is_comparable: neither lacks a column of its cut
-- (metric.cut_uncompared).
WITH monthly AS (
    SELECT
        tally.*,
        CAST(substring(tally.period, 6, 2) AS INTEGER) AS month
    FROM metric.tally AS tally
    JOIN metric.cut_member AS cut_member ON cut_member.cut_key = tally.cut_key
    JOIN metric.compared_cut
        ON compared_cut.metric = tally.metric AND compared_cut.cut = cut_member.cut
    WHERE tally.period_type IN ('month', 'assessment') AND is_in_bulletin
),

side AS (
    SELECT
        pair.month_type, pair.year, pair.month, pair.scope, pair.months_before, pair.is_this, pair.is_before,
        monthly.metric, monthly.cut_key,
        monthly.record_count, monthly.called_back_count, monthly.contacted_count,
        monthly.resolved_count, monthly.satisfied_count, monthly.basically_satisfied_count
    FROM metric.month_side AS pair
    JOIN monthly
        ON
            monthly.period_type = pair.month_type
            AND monthly.scope = pair.scope
            AND monthly.year = pair.side_year
            AND monthly.month = pair.side_month
    WHERE pair.months_before IN (1, 3)
    UNION ALL
    SELECT
        month_type, year, month, scope, months_before, CASE WHEN is_before THEN 0 ELSE 1 END AS is_this,
        CASE WHEN is_before THEN 1 ELSE 0 END AS is_before,
        metric, cut_key,
        record_count, called_back_count, contacted_count, resolved_count, satisfied_count,
        basically_satisfied_count
    FROM metric.cut_side
    WHERE months_before IN (1, 3)
),

-- Which comparison of a month counts in which period.
reported AS (
    SELECT
        own.period_type,
        own.period,
        own.scope,
        own.year,
        CASE own.period_type
            WHEN 'quarter' THEN 3 * CAST(substring(own.period, 7, 1) AS INTEGER) - nth.number
            ELSE CAST(substring(own.period, 6, 2) AS INTEGER)
        END AS month,
        CASE own.period_type WHEN 'quarter' THEN 'month' ELSE own.period_type END AS month_type,
        CASE own.period_type WHEN 'quarter' THEN 3 ELSE 1 END AS months_before,
        NOT own.has_previous AS is_partial,
        used.scope IS NOT NULL AS is_section
    FROM metric.reported_period AS own
    CROSS JOIN (SELECT * FROM (VALUES (0), (1), (2)) AS listed (number)) AS nth
    LEFT JOIN ref.scope_use AS used ON used.scope = own.scope AND used.purpose = 'section'
    WHERE own.period_type = 'quarter' OR nth.number = 0
),

summed AS (
    SELECT
        side.metric,
        side.scope,
        reported.year,
        reported.period_type,
        reported.period,
        reported.is_partial,
        coalesce(class.compared_key, side.cut_key) AS cut_key,
        CAST(sum(side.is_this * side.record_count) AS BIGINT) AS this_count,
        CAST(sum(side.is_before * side.record_count) AS BIGINT) AS before_count
    FROM side
    JOIN reported
        ON
            reported.month_type = side.month_type
            AND reported.months_before = side.months_before
            AND reported.scope = side.scope
            AND reported.year = side.year
            AND reported.month = side.month
    LEFT JOIN metric.member_compared AS class
        ON
            class.comparison = 'previous'
            AND class.period_type = reported.period_type
            AND class.period = reported.period
            AND class.cut_key = side.cut_key
    JOIN metric.cut_member AS member ON member.cut_key = side.cut_key
    WHERE
        -- Of other scopes than that of printed sections a quarter has the totals alone.
        reported.period_type <> 'quarter'
        OR reported.is_section
        OR member.cut IN ('total', 'handling', 'channel', 'handling channel')
    GROUP BY
        side.metric, side.scope, reported.year, reported.period_type, reported.period,
        reported.is_partial, 7
)

SELECT
    summed.*,
    uncompared.cut IS NULL AS is_comparable
FROM summed
JOIN metric.cut_member AS member ON member.cut_key = summed.cut_key
LEFT JOIN metric.cut_uncompared AS uncompared
    ON
        uncompared.scope = summed.scope
        AND uncompared.cut = member.cut
        AND uncompared.period_type = summed.period_type
        AND uncompared.period = summed.period
        AND uncompared.is_previous
