-- One row: the share of one member in its whole, for a scope and period. Key: the key of
-- metric.figure_value.
-- Each share is defined once, in `definition`: the cut whose members are shared out, and the
-- dimension within which they are (`total`: over all). The whole is the sum of the parts, unknown
-- members included, save for channel, handling and desk: there it is the sum of the known, since
-- the two channels are compared with each other. A month's share is of its year. Where some
-- months lack the column that is shared out (metric.cut_gap), a whole with the unknown would be of
-- all months: there is no share. A share of the known alone, or within a member, is of the months
-- that have the column.
WITH definition AS (
    SELECT *
    FROM (
        VALUES
        ('channel_share', 'record_count', 'channel', 'total'),
        ('platform_share', 'record_count', 'channel platform', 'channel'),
        ('handling_share', 'record_count', 'handling', 'total'),
        ('handling_share', 'record_count', 'category handling', 'category'),
        ('handling_share', 'record_count', 'handling desk', 'desk'),
        ('handling_share', 'record_count', 'handling epidemic', 'epidemic'),
        ('epidemic_share', 'record_count', 'epidemic', 'total'),
        ('epidemic_share', 'record_count', 'category epidemic', 'category'),
        ('tag_share', 'record_count', 'tag', 'total'),
        ('type_share', 'record_count', 'record_type', 'total'),
        ('type_category_share', 'record_count', 'record_type category', 'record_type'),
        ('category_share', 'record_count', 'category', 'total'),
        ('subcategory_share', 'record_count', 'category subcategory', 'category'),
        ('unit_type_share', 'record_count', 'unit_type', 'total'),
        ('unit_type_share', 'record_count', 'category unit_type', 'category'),
        ('region_share', 'district_handled_count', 'region', 'total'),
        ('category_district_share', 'district_handled_count', 'category district', 'category')
    ) AS rule (share, metric, cut, within)
),

counted AS (
    SELECT tally.*, member.cut, record_type, category, subcategory, handling, unit_type, channel,
        desk, epidemic
    FROM metric.tally AS tally
    JOIN metric.cut_member AS member ON member.cut_key = tally.cut_key
),

whole AS (
    SELECT scope, period_type, period, record_count AS whole_count
    FROM counted
    WHERE metric = 'record_count' AND cut = 'total'
),

dispatched AS (
    SELECT scope, period_type, period, record_count AS dispatched_count
    FROM counted
    WHERE metric = 'record_count' AND cut = 'handling' AND handling = '派单'
),

part AS (
    SELECT
        definition.share AS metric,
        scope, period_type, period, cut_key, cut,
        record_count AS numerator,
        sum(record_count) OVER (
            PARTITION BY
                definition.share, cut, scope, period_type, period,
                CASE definition.within
                    WHEN 'category' THEN category
                    WHEN 'record_type' THEN record_type
                    WHEN 'desk' THEN desk
                    WHEN 'epidemic' THEN epidemic
                    WHEN 'channel' THEN channel
                    ELSE '*'
                END
        ) AS denominator,
        is_partial
    FROM counted
    JOIN definition USING (metric, cut)
    WHERE channel <> '?' AND handling <> '?' AND desk <> '?'
    UNION ALL
    -- Who handles a category that districts and their streets share: one kind of unit over both.
    SELECT
        'joint_share' AS metric,
        scope, period_type, period, cut_key, cut,
        record_count AS numerator,
        sum(record_count) OVER (PARTITION BY scope, period_type, period, cut, category)
            AS denominator,
        is_partial
    FROM counted
    WHERE
        metric = 'record_count'
        AND cut IN ('unit_type', 'category unit_type')
        AND unit_type IN ('区', '街乡镇')
    UNION ALL
    -- A region over all dispatched records, those of departments and enterprises included.
    SELECT
        'region_dispatched_share' AS metric,
        scope, period_type, period, cut_key, cut,
        record_count AS numerator,
        dispatched_count AS denominator,
        is_partial
    FROM counted
    JOIN dispatched USING (scope, period_type, period)
    WHERE metric = 'district_handled_count' AND cut = 'region'
    UNION ALL
    -- What repeats something, over all records: only where all of them have the columns.
    SELECT
        CASE metric
            WHEN 'redispatched_count' THEN 'redispatched_share'
            WHEN 'repeat_call_count' THEN 'repeat_call_share'
            WHEN 'reopened_count' THEN 'reopened_share'
            WHEN 'mass_matter_count' THEN 'mass_matter_share'
            ELSE 'copied_text_share'
        END AS metric,
        scope, period_type, period, cut_key, cut,
        record_count AS numerator,
        whole_count AS denominator,
        is_partial
    FROM counted
    JOIN whole USING (scope, period_type, period)
    JOIN metric.known_period AS known USING (metric, period_type, period)
    WHERE
        known.is_known_throughout
        AND metric IN (
            'redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count',
            'copied_text_count'
        )
    UNION ALL
    SELECT
        'month_share' AS metric,
        scope, period_type, period, cut_key, cut,
        record_count AS numerator,
        sum(record_count) OVER (PARTITION BY scope, year, cut_key) AS denominator,
        is_year_partial AS is_partial
    FROM counted
    WHERE
        metric = 'record_count'
        AND period_type = 'month'
        AND cut IN ('total', 'record_type', 'category', 'category subcategory')
)

SELECT
    part.metric,
    '-' AS convention,
    part.scope,
    part.period_type,
    part.period,
    part.cut_key,
    part.numerator,
    CAST(part.denominator AS BIGINT) AS denominator,
    part.is_partial
FROM part
LEFT JOIN metric.cut_gap AS gap
    ON
        gap.cut = part.cut
        AND gap.period_type = CASE part.metric
            WHEN 'month_share' THEN 'year'
            ELSE part.period_type
        END
        AND gap.period = CASE part.metric
            WHEN 'month_share' THEN substring(part.period, 1, 4)
            ELSE part.period
        END
        AND gap.known_month_count > 0
WHERE
    part.denominator > 0
    AND (
        gap.cut IS NULL
        OR part.metric IN ('channel_share', 'handling_share', 'type_category_share')
    )
