-- One row: the counts of a member of a cut in a period, and in the same days of the year before.
-- Key: metric, scope, period_type, period, cut, and the dimensions from record_type to topic.
-- Quarters and years add up their months that both years have, and of a month the days that both
-- have (metric.compared_day): this_count is all of the period only where all of it is compared.
-- A member of one year alone has 0 in the other: what is gone and what is new both stay.
-- It is partial where either year is. Classes that the register of changes ties together are
-- one member (metric.class_compared).
WITH monthly AS (
    SELECT
        tally.*,
        CAST(substring(tally.period, 6, 2) AS INTEGER) AS month
    FROM metric.tally AS tally
    WHERE
        tally.period_type IN ('month', 'assessment')
        AND (
            tally.metric = 'record_count'
            AND tally.cut IN (
                'total', 'record_type', 'category', 'category subcategory', 'record_type category',
                'handling', 'channel', 'handling channel', 'category handling', 'handling desk',
                'desk', 'unit_type', 'epidemic', 'tag',
                'category subcategory topic', 'unit_type district street'
            )
            OR tally.metric = 'district_handled_count'
            AND tally.cut IN ('total', 'region', 'district')
            OR tally.metric = 'place_count'
            OR tally.metric IN (
                'redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count',
                'copied_text_count'
            )
        )
),

side AS (
    SELECT
        pair.month_type, pair.year, pair.month, pair.scope, pair.is_this, pair.is_before,
        monthly.metric, monthly.cut,
        monthly.record_type, monthly.category, monthly.subcategory, monthly.handling,
        monthly.unit_type, monthly.unit, monthly.region, monthly.district, monthly.street,
        monthly.channel, monthly.desk, monthly.platform, monthly.praise_form,
        monthly.epidemic, monthly.tag, monthly.topic,
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
        metric, cut,
        record_type, category, subcategory, handling, unit_type, unit, region, district,
        street, channel, desk, platform, praise_form, epidemic, tag, topic,
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
)

SELECT
    side.metric,
    side.scope,
    reported.year,
    reported.period_type,
    reported.period,
    reported.is_partial,
    side.cut,
    side.record_type,
    coalesce(class.compared_category, side.category) AS category,
    coalesce(class.compared_subcategory, side.subcategory) AS subcategory,
    side.handling, side.unit_type, side.unit, side.region, side.district, side.street, side.channel,
    side.desk, side.platform, side.praise_form, side.epidemic, side.tag, side.topic,
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
LEFT JOIN metric.class_compared AS class
    ON
        class.comparison = 'before'
        AND class.period_type = reported.period_type
        AND class.period = reported.period
        AND class.category = side.category
        AND class.subcategory = side.subcategory
GROUP BY ALL
