-- One row: the counts of a member of a cut in a period, and in the same days of the year before.
-- Key: metric, scope, period_type, period, cut_key (metric.cut_member).
-- Quarters and years add up their months that both years have, and of a month the days that both
-- have (metric.compared_day): this_count is all of the period only where all of it is compared.
-- A member of one year alone has 0 in the other: what is gone and what is new both stay.
-- It is partial where either year is. Classes that the register of changes ties together are
-- one member (metric.member_compared). is_comparable: neither year lacks a column of its cut
-- (metric.cut_uncompared).
WITH monthly AS (
    SELECT
        tally.*,
        CAST(substring(tally.period, 6, 2) AS INTEGER) AS month
    FROM metric.tally AS tally
    JOIN metric.cut_member AS cut_member ON cut_member.cut_key = tally.cut_key
    JOIN metric.compared_cut
        ON compared_cut.metric = tally.metric AND compared_cut.cut = cut_member.cut
    WHERE tally.period_type IN ('month', 'assessment')
),

side AS (
    SELECT
        pair.month_type, pair.year, pair.month, pair.scope, pair.is_this, pair.is_before,
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
    WHERE pair.months_before = 12
    UNION ALL
    SELECT
        month_type, year, month, scope, CASE WHEN is_before THEN 0 ELSE 1 END AS is_this,
        CASE WHEN is_before THEN 1 ELSE 0 END AS is_before,
        metric, cut_key,
        record_count, called_back_count, contacted_count, resolved_count, satisfied_count,
        basically_satisfied_count
    FROM metric.cut_side
    WHERE months_before = 12
),

-- The months of a period, with whether the period or the one it is compared with is partial.
period AS (
    SELECT DISTINCT
        CASE period_type WHEN 'assessment' THEN 'assessment' ELSE 'month' END AS month_type,
        year, month, period_type, period, is_partial
    FROM metric.period_part
),

reported AS (
    SELECT
        period.month_type,
        period.year,
        period.month,
        period.period_type,
        period.period,
        period.is_partial OR before.is_partial AS is_partial
    FROM period
    JOIN period AS before
        ON
            before.year = period.year - 1
            AND before.month = period.month
            AND before.period_type = period.period_type
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
        CAST(sum(side.is_before * side.record_count) AS BIGINT) AS before_count,
        CAST(sum(side.is_before * side.called_back_count) AS BIGINT) AS before_called_back_count,
        CAST(sum(side.is_before * side.contacted_count) AS BIGINT) AS before_contacted_count,
        CAST(sum(side.is_before * side.resolved_count) AS BIGINT) AS before_resolved_count,
        CAST(sum(side.is_before * side.satisfied_count) AS BIGINT) AS before_satisfied_count,
        CAST(sum(side.is_before * side.basically_satisfied_count) AS BIGINT)
            AS before_basically_satisfied_count
    FROM side
    JOIN reported
        ON
            reported.month_type = side.month_type
            AND reported.year = side.year
            AND reported.month = side.month
    LEFT JOIN metric.member_compared AS class
        ON
            class.comparison = 'before'
            AND class.period_type = reported.period_type
            AND class.period = reported.period
            AND class.cut_key = side.cut_key
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
        AND NOT uncompared.is_previous
