-- One row: the counts of one scope and period in one member of one cut.
-- Key: metric, scope, period_type, period, and the dimensions from record_type to topic.
-- cut names the dimensions that are cut by (see metric.cell). Topics (the third level) are counted by
-- day, without outcomes. Quarters and assessment months hold the cuts that bulletins print, and on
-- the scope of printed sections alone, save for the totals. A scope that counts by tiers is
-- partial where some months lack them (metric.column_gap).
WITH counted AS (
    SELECT
        metric, year, month, month_part, scope_tier,
        record_type, category, subcategory, handling, unit_type, unit, region, district, street,
        channel, desk, platform, praise_form, epidemic, tag,
        '*' AS topic,
        record_count, called_back_count, contacted_count, resolved_count, satisfied_count,
        basically_satisfied_count, closed_early_count, cut
    FROM metric.cell
    UNION ALL
    SELECT
        'record_count' AS metric, year, month,
        CASE
            WHEN extract(DAY FROM received_on) < assessment.first_day_of_month THEN 1 ELSE 2
        END AS month_part,
        scope_tier,
        '*' AS record_type, category, subcategory, '*' AS handling, '*' AS unit_type, '*' AS unit,
        '*' AS region, '*' AS district, '*' AS street, '*' AS channel, '*' AS desk,
        '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag,
        topic,
        sum(record_count) AS record_count,
        NULL AS called_back_count,
        NULL AS contacted_count,
        NULL AS resolved_count,
        NULL AS satisfied_count,
        NULL AS basically_satisfied_count,
        NULL AS closed_early_count,
        'category subcategory topic' AS cut
    FROM metric.day_count
    CROSS JOIN ref.assessment_month AS assessment
    WHERE district = '*'
    GROUP BY year, month, month_part, scope_tier, category, subcategory, topic
    UNION ALL
    SELECT
        metric, year, month,
        CASE
            WHEN extract(DAY FROM received_on) < assessment.first_day_of_month THEN 1 ELSE 2
        END AS month_part,
        scope_tier,
        '*' AS record_type, '*' AS category, '*' AS subcategory, '*' AS handling,
        '*' AS unit_type, '*' AS unit, '*' AS region, '*' AS district, '*' AS street,
        '*' AS channel, '*' AS desk, '*' AS platform, '*' AS praise_form, '*' AS epidemic,
        '*' AS tag, '*' AS topic,
        record_count,
        NULL AS called_back_count,
        NULL AS contacted_count,
        NULL AS resolved_count,
        NULL AS satisfied_count,
        NULL AS basically_satisfied_count,
        NULL AS closed_early_count,
        'total' AS cut
    FROM metric.repeat_cell
    CROSS JOIN ref.assessment_month AS assessment
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
    -- A year is told by itself; a scope that misses some days of the others makes them partial.
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
    counted.cut,
    counted.record_type, counted.category, counted.subcategory, counted.handling, counted.unit_type,
    counted.unit, counted.region, counted.district, counted.street, counted.channel, counted.desk,
    counted.platform, counted.praise_form, counted.epidemic, counted.tag, counted.topic,
    CAST(sum(counted.record_count) AS BIGINT) AS record_count,
    CAST(sum(counted.called_back_count) AS BIGINT) AS called_back_count,
    CAST(sum(counted.contacted_count) AS BIGINT) AS contacted_count,
    CAST(sum(counted.resolved_count) AS BIGINT) AS resolved_count,
    CAST(sum(counted.satisfied_count) AS BIGINT) AS satisfied_count,
    CAST(sum(counted.basically_satisfied_count) AS BIGINT) AS basically_satisfied_count,
    CAST(sum(counted.closed_early_count) AS BIGINT) AS closed_early_count
FROM counted
JOIN placed
    ON
        placed.part_year = counted.year
        AND placed.part_month = counted.month
        AND placed.month_part = counted.month_part
        AND placed.scope_tier = counted.scope_tier
WHERE
    (
        placed.is_every_cut
        OR counted.cut IN ('total', 'handling', 'channel', 'handling channel')
        OR placed.is_section
        AND counted.cut IN (
            'record_type', 'category', 'category subcategory', 'category subcategory topic',
            'unit_type', 'unit_type unit', 'unit_type district', 'unit_type district street',
            'region', 'district'
        )
    )
    -- Topics are told in bulletins alone.
    AND (
        counted.topic = '*'
        OR placed.is_section
        AND placed.period_type <> 'year'
    )
GROUP BY ALL
