-- One row: the share of one member in its whole, for a scope and period. Key: the key of
-- metric.figure.
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

member AS (
    SELECT
        definition.share AS metric,
        tally.scope, tally.period_type, tally.period,
        tally.record_type, tally.category, tally.subcategory, tally.handling, tally.unit_type,
        tally.unit, tally.region, tally.district, tally.street, tally.channel, tally.desk,
        tally.platform, tally.praise_form, tally.epidemic, tally.tag,
        tally.record_count AS numerator,
        sum(tally.record_count) OVER (
            PARTITION BY
                definition.share, definition.cut, tally.scope, tally.period_type, tally.period,
                CASE definition.within
                    WHEN 'category' THEN tally.category
                    WHEN 'record_type' THEN tally.record_type
                    WHEN 'desk' THEN tally.desk
                    WHEN 'epidemic' THEN tally.epidemic
                    WHEN 'channel' THEN tally.channel
                    ELSE '*'
                END
        ) AS denominator,
        tally.is_partial,
        tally.cut
    FROM metric.tally AS tally
    JOIN definition ON definition.metric = tally.metric AND definition.cut = tally.cut
    WHERE tally.channel <> '?' AND tally.handling <> '?' AND tally.desk <> '?'
    UNION ALL
    -- Who handles a category that districts and their streets share: one kind of unit over both.
    SELECT
        'joint_share' AS metric,
        scope, period_type, period,
        record_type, category, subcategory, handling, unit_type,
        unit, region, district, street, channel, desk,
        platform, praise_form, epidemic, tag,
        record_count AS numerator,
        sum(record_count) OVER (PARTITION BY scope, period_type, period, cut, category)
            AS denominator,
        is_partial,
        cut
    FROM metric.tally
    WHERE
        metric = 'record_count'
        AND cut IN ('unit_type', 'category unit_type')
        AND unit_type IN ('区', '街乡镇')
    UNION ALL
    -- A region over all dispatched records, those of departments and enterprises included.
    SELECT
        'region_dispatched_share' AS metric,
        part.scope, part.period_type, part.period,
        part.record_type, part.category, part.subcategory, part.handling, part.unit_type,
        part.unit, part.region, part.district, part.street, part.channel, part.desk,
        part.platform, part.praise_form, part.epidemic, part.tag,
        part.record_count AS numerator,
        whole.record_count AS denominator,
        part.is_partial,
        part.cut
    FROM metric.tally AS part
    JOIN metric.tally AS whole
        ON
            whole.metric = 'record_count'
            AND whole.cut = 'handling'
            AND whole.handling = '派单'
            AND whole.scope = part.scope
            AND whole.period_type = part.period_type
            AND whole.period = part.period
    WHERE part.metric = 'district_handled_count' AND part.cut = 'region'
    UNION ALL
    -- What repeats something, over all records: only where all of them could tell.
    SELECT
        CASE part.metric
            WHEN 'redispatched_count' THEN 'redispatched_share'
            WHEN 'repeat_call_count' THEN 'repeat_call_share'
            WHEN 'reopened_count' THEN 'reopened_share'
            WHEN 'mass_matter_count' THEN 'mass_matter_share'
            ELSE 'copied_text_share'
        END AS metric,
        part.scope, part.period_type, part.period,
        part.record_type, part.category, part.subcategory, part.handling, part.unit_type,
        part.unit, part.region, part.district, part.street, part.channel, part.desk,
        part.platform, part.praise_form, part.epidemic, part.tag,
        part.record_count AS numerator,
        whole.record_count AS denominator,
        part.is_partial,
        part.cut
    FROM metric.tally AS part
    JOIN metric.tally AS whole
        ON
            whole.metric = 'record_count'
            AND whole.cut = 'total'
            AND whole.scope = part.scope
            AND whole.period_type = part.period_type
            AND whole.period = part.period
    JOIN metric.known_period AS known
        ON
            known.metric = part.metric
            AND known.period_type = part.period_type
            AND known.period = part.period
            AND known.is_known_throughout
    WHERE
        part.metric IN (
            'redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count',
            'copied_text_count'
        )
    UNION ALL
    SELECT
        'month_share' AS metric,
        scope, period_type, period,
        record_type, category, subcategory, handling, unit_type,
        unit, region, district, street, channel, desk,
        platform, praise_form, epidemic, tag,
        record_count AS numerator,
        sum(record_count) OVER (
            PARTITION BY scope, year, cut, record_type, category, subcategory
        ) AS denominator,
        is_year_partial AS is_partial,
        cut
    FROM metric.tally
    WHERE
        metric = 'record_count'
        AND period_type = 'month'
        AND cut IN ('total', 'record_type', 'category', 'category subcategory')
)

SELECT
    member.metric AS metric,
    '1' AS method_version,
    '-' AS convention,
    member.scope,
    'received' AS date_basis,
    member.period_type,
    member.period,
    record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag,
    member.numerator,
    CAST(member.denominator AS BIGINT) AS denominator,
    member.is_partial,
    member.cut
FROM member
LEFT JOIN metric.cut_gap AS gap
    ON
        gap.cut = member.cut
        AND gap.period_type = CASE member.metric
            WHEN 'month_share' THEN 'year'
            ELSE member.period_type
        END
        AND gap.period = CASE member.metric
            WHEN 'month_share' THEN substring(member.period, 1, 4)
            ELSE member.period
        END
        AND gap.known_month_count > 0
WHERE
    member.denominator > 0
    AND (
        gap.cut IS NULL
        OR member.metric IN ('channel_share', 'handling_share', 'type_category_share')
    )
