-- One row: the counts of one scope and period in one member of one cut.
-- Key: metric, scope, period_type, period, cut_key (metric.cut_member).
-- Topics (the third level) are counted by day, without outcomes. Quarters and assessment months hold
-- the cuts that bulletins print, and on the scope of printed sections alone, save for the totals. A
-- scope that counts by tiers is partial where some months lack them (metric.column_gap).
WITH counted AS (
    SELECT
        cell.metric, cell.year, cell.month, cell.month_part, cell.scope_tier, member.cut_key,
        cell.record_count, cell.called_back_count, cell.contacted_count, cell.resolved_count,
        cell.satisfied_count, cell.basically_satisfied_count, cell.closed_early_count
    FROM metric.shown_cell AS cell
    JOIN metric.cut_member AS member
        ON
            member.cut = cell.cut
            AND member.record_type = cell.record_type
            AND member.category = cell.shown_category
            AND member.subcategory = cell.shown_subcategory
            AND member.handling = cell.shown_handling
            AND member.unit_type = cell.unit_type
            AND member.unit = cell.shown_unit
            AND member.region = cell.region
            AND member.district = cell.shown_district
            AND member.street = cell.shown_street
            AND member.channel = cell.shown_channel
            AND member.desk = cell.desk
            AND member.platform = cell.shown_platform
            AND member.praise_form = cell.shown_praise_form
            AND member.epidemic = cell.epidemic
            AND member.tag = cell.shown_tag
    UNION ALL
    SELECT
        'record_count' AS metric, day.year, day.month,
        CASE
            WHEN extract(DAY FROM day.received_on) < assessment.first_day_of_month THEN 1 ELSE 2
        END AS month_part,
        day.scope_tier, member.cut_key,
        sum(day.record_count) AS record_count,
        NULL AS called_back_count,
        NULL AS contacted_count,
        NULL AS resolved_count,
        NULL AS satisfied_count,
        NULL AS basically_satisfied_count,
        NULL AS closed_early_count
    FROM metric.shown_day_count AS day
    JOIN metric.cut_member AS member USING (category, subcategory, topic)
    CROSS JOIN ref.assessment_month AS assessment
    WHERE day.district = '*' AND member.cut = 'category subcategory topic'
    GROUP BY day.year, day.month, 4, day.scope_tier, member.cut_key
    UNION ALL
    SELECT
        cell.metric, cell.year, cell.month,
        CASE
            WHEN extract(DAY FROM cell.received_on) < assessment.first_day_of_month THEN 1 ELSE 2
        END AS month_part,
        cell.scope_tier, member.cut_key,
        cell.record_count,
        NULL AS called_back_count,
        NULL AS contacted_count,
        NULL AS resolved_count,
        NULL AS satisfied_count,
        NULL AS basically_satisfied_count,
        NULL AS closed_early_count
    FROM metric.repeat_cell AS cell
    CROSS JOIN ref.assessment_month AS assessment
    JOIN metric.cut_member AS member ON member.cut = 'total'
),

-- Where a cut is counted besides months and years.
member AS (
    SELECT
        cut_key,
        topic <> '*' AS is_topic,
        cut IN ('total', 'handling', 'channel', 'handling channel') AS is_for_all_scopes,
        cut IN (
            'record_type', 'category', 'category subcategory', 'category subcategory topic',
            'unit_type', 'unit_type unit', 'unit_type district', 'unit_type district street',
            'region', 'district'
        ) AS is_for_sections
    FROM metric.cut_member
),

-- Which scope and which period a part of a month of a tier counts in.
placed AS (
    SELECT
        scope.scope,
        scope.scope_tier,
        period.part_year,
        period.part_month,
        period.month_part,
        period.year,
        period.period_type,
        period.period,
        coalesce(reported.is_partial, period.is_partial)
        OR tier.period IS NOT NULL
        AND min(scope.scope_tier) OVER (PARTITION BY scope.year, scope.scope) > 0 AS is_partial,
        period.is_year_partial,
        period.period_type IN ('month', 'year') AS is_every_cut,
        used.scope IS NOT NULL AS is_section
    FROM metric.period_part AS period
    JOIN metric.scope AS scope ON scope.year = period.part_year
    LEFT JOIN ref.scope_use AS used ON used.scope = scope.scope AND used.purpose = 'section'
    -- A year is reported by itself; a scope that misses some days of the others makes them partial.
    LEFT JOIN metric.reported_period AS reported
        ON
            reported.period_type = period.period_type
            AND reported.period = period.period
            AND reported.scope = scope.scope
    LEFT JOIN metric.column_gap AS tier
        ON
            tier.column_name = 'scope_tier'
            AND tier.period_type = period.period_type
            AND tier.period = period.period
            AND tier.known_month_count > 0
)

SELECT
    counted.metric,
    placed.scope,
    placed.year,
    placed.period_type,
    placed.period,
    placed.is_partial,
    placed.is_year_partial,
    cut_key,
    CAST(sum(counted.record_count) AS BIGINT) AS record_count,
    CAST(sum(counted.called_back_count) AS BIGINT) AS called_back_count,
    CAST(sum(counted.contacted_count) AS BIGINT) AS contacted_count,
    CAST(sum(counted.resolved_count) AS BIGINT) AS resolved_count,
    CAST(sum(counted.satisfied_count) AS BIGINT) AS satisfied_count,
    CAST(sum(counted.basically_satisfied_count) AS BIGINT) AS basically_satisfied_count,
    CAST(sum(counted.closed_early_count) AS BIGINT) AS closed_early_count
FROM counted
JOIN member USING (cut_key)
JOIN placed
    ON
        placed.part_year = counted.year
        AND placed.part_month = counted.month
        AND placed.month_part = counted.month_part
        AND placed.scope_tier = counted.scope_tier
WHERE
    (
        placed.is_every_cut
        OR member.is_for_all_scopes
        OR placed.is_section AND member.is_for_sections AND counted.metric <> 'place_count'
    )
    -- Topics are printed in bulletins alone.
    AND (NOT member.is_topic OR placed.is_section AND placed.period_type <> 'year')
GROUP BY
    counted.metric, placed.scope, placed.year, placed.period_type, placed.period, placed.is_partial,
    placed.is_year_partial, cut_key
