-- One row: the counts of a member of a cut in a month, quarter or assessment month, and in the same
-- days of the one before it. Key: metric, scope, period_type, period, cut, and the dimensions from
-- record_type to topic.
-- The days that both have (metric.compared_day): the n-th month of a quarter is compared with the
-- n-th of the quarter before. A member of one of them alone has 0 in the other: what is gone and what
-- is new both stay. It is partial where either is. Classes that the register of changes ties
-- together are one member (metric.class_compared).
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
                'total', 'record_type', 'category', 'category subcategory', 'handling', 'channel',
                'handling channel', 'unit_type', 'category subcategory topic',
                'unit_type district street'
            )
            OR tally.metric = 'district_handled_count'
            AND tally.cut IN ('total', 'region', 'district')
            OR tally.metric IN (
                'redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count',
                'copied_text_count'
            )
        )
),

side AS (
    SELECT
        pair.month_type, pair.year, pair.month, pair.scope, pair.months_before, pair.is_this, pair.is_before,
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
    WHERE pair.months_before IN (1, 3)
    UNION ALL
    SELECT
        month_type, year, month, scope, months_before, CASE WHEN is_before THEN 0 ELSE 1 END AS is_this,
        CASE WHEN is_before THEN 1 ELSE 0 END AS is_before,
        metric, cut,
        record_type, category, subcategory, handling, unit_type, unit, region, district,
        street, channel, desk, platform, praise_form, epidemic, tag, topic,
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
    CAST(sum(side.is_before * side.record_count) AS BIGINT) AS before_count
FROM side
JOIN reported
    ON
        reported.month_type = side.month_type
        AND reported.months_before = side.months_before
        AND reported.scope = side.scope
        AND reported.year = side.year
        AND reported.month = side.month
LEFT JOIN metric.class_compared AS class
    ON
        class.comparison = 'previous'
        AND class.period_type = reported.period_type
        AND class.period = reported.period
        AND class.category = side.category
        AND class.subcategory = side.subcategory
WHERE
    -- Of other scopes than that of printed sections a quarter has the totals alone.
    reported.period_type <> 'quarter'
    OR reported.is_section
    OR side.cut IN ('total', 'handling', 'channel', 'handling channel')
GROUP BY ALL
