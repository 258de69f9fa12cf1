-- One row: a member of a cut in a month, quarter or assessment month, with its share of the whole and
-- its change on the period before and on the year before; or the rest of a list (is_rest).
-- Key: metric, scope, period_type, period, cut, is_rest, and the dimensions from record_type to topic.
-- Members of either period that it is compared with stand here too: what is new (nothing before, so
-- no rate) and what is gone (a count of 0). A change is that of the days that both periods have
-- (metric.compared_day), by columns that both have (metric.cut_uncompared); previous_this_count and
-- before_this_count are the period's own count in these, which is all of it where both are whole. Counts of a comparison that cannot be made (not
-- loaded, or no such day) are null. Long lists name their first members (rule
-- bulletin_list_count; is_listed) and one row of the rest, so that what is printed sums to the
-- total; rank orders all members, `?` last, and those of the period before have previous_rank. The
-- whole of channel and handling is the sum of the known, as in metric.share; where some months lack
-- the column of another cut, its whole is null (metric.cut_gap). Values are rounded as in
-- metric.figure. A class that a comparison takes under another name or with others
-- (metric.class_compared) has nulls there; what several are compared as (is_union, B、C（原A）) is a row of
-- its own, without a count of the period, and stands last.
WITH side AS (
    SELECT
        metric, scope, period_type, period, cut,
        record_type, category, subcategory, handling, unit_type, region, district, street, channel,
        topic,
        record_count AS this_count,
        0 AS previous_this_count,
        0 AS previous_count,
        0 AS before_this_count,
        0 AS before_count
    FROM metric.tally
    WHERE
        period_type <> 'year'
        AND (
            metric = 'record_count'
            AND cut IN (
                'total', 'record_type', 'category', 'category subcategory',
                'category subcategory topic', 'handling', 'channel', 'handling channel',
                'unit_type', 'unit_type district street'
            )
            OR metric = 'district_handled_count'
            AND cut IN ('total', 'region', 'district')
            OR metric IN (
                'redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count',
                'copied_text_count'
            )
        )
    UNION ALL
    SELECT
        metric, scope, period_type, period, cut,
        record_type, category, subcategory, handling, unit_type, region, district, street, channel,
        topic,
        0 AS this_count,
        this_count AS previous_this_count,
        before_count AS previous_count,
        0 AS before_this_count,
        0 AS before_count
    FROM metric.compared_previous
    UNION ALL
    SELECT
        metric, scope, period_type, period, cut,
        record_type, category, subcategory, handling, unit_type, region, district, street, channel,
        topic,
        0 AS this_count,
        0 AS previous_this_count,
        0 AS previous_count,
        this_count AS before_this_count,
        before_count
    FROM metric.compared
    WHERE
        period_type <> 'year'
        AND (
            metric = 'record_count'
            AND cut IN (
                'total', 'record_type', 'category', 'category subcategory',
                'category subcategory topic', 'handling', 'channel', 'handling channel',
                'unit_type', 'unit_type district street'
            )
            OR metric = 'district_handled_count'
            AND cut IN ('total', 'region', 'district')
            OR metric IN (
                'redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count',
                'copied_text_count'
            )
        )
),

-- Whether any day of the period is compared.
compared AS (
    SELECT
        scope, period_type, period,
        bool_or(is_previous) AS has_previous,
        bool_or(NOT is_previous) AS has_before
    FROM (
        SELECT DISTINCT scope, period_type, period, TRUE AS is_previous
        FROM metric.compared_previous
        UNION ALL
        SELECT DISTINCT scope, period_type, period, FALSE AS is_previous
        FROM metric.compared
    ) AS either
    GROUP BY scope, period_type, period
),

-- A class that a comparison takes under another name, and what several are compared as.
moved AS (
    SELECT
        period_type, period, category, subcategory,
        bool_or(comparison = 'previous') AS is_moved_previous,
        bool_or(comparison = 'before') AS is_moved_before
    FROM metric.class_compared
    WHERE
        comparison IN ('previous', 'before')
        AND (category <> compared_category OR subcategory <> compared_subcategory)
    GROUP BY period_type, period, category, subcategory
),

united AS (
    SELECT
        period_type, period, compared_category AS category, compared_subcategory AS subcategory,
        bool_or(comparison = 'previous') AS is_previous,
        bool_or(comparison = 'before') AS is_before
    FROM metric.class_compared
    WHERE is_union AND comparison IN ('previous', 'before')
    GROUP BY period_type, period, compared_category, compared_subcategory
),

member AS (
    SELECT
        side.metric, side.scope, side.period_type, side.period, side.cut,
        side.record_type, side.category, side.subcategory, side.handling, side.unit_type,
        side.region, side.district, side.street, side.channel, side.topic,
        '?' IN (
            side.record_type, side.category, side.subcategory, side.handling, side.unit_type,
            side.region, side.district, side.street, side.channel, side.topic
        ) AS is_unknown,
        united.is_before IS NOT NULL AS is_union,
        CASE WHEN united.is_before IS NULL THEN sum(side.this_count) END AS record_count,
        CASE
            WHEN
                compared.has_previous
                AND previous.cut IS NULL
                AND NOT coalesce(moved.is_moved_previous, FALSE)
                AND coalesce(united.is_previous, TRUE)
                THEN sum(side.previous_this_count)
        END AS previous_this_count,
        CASE
            WHEN
                compared.has_previous
                AND previous.cut IS NULL
                AND NOT coalesce(moved.is_moved_previous, FALSE)
                AND coalesce(united.is_previous, TRUE)
                THEN sum(side.previous_count)
        END AS previous_count,
        CASE
            WHEN
                compared.has_before
                AND before.cut IS NULL
                AND NOT coalesce(moved.is_moved_before, FALSE)
                AND coalesce(united.is_before, TRUE)
                THEN sum(side.before_this_count)
        END AS before_this_count,
        CASE
            WHEN
                compared.has_before
                AND before.cut IS NULL
                AND NOT coalesce(moved.is_moved_before, FALSE)
                AND coalesce(united.is_before, TRUE)
                THEN sum(side.before_count)
        END AS before_count
    FROM side
    LEFT JOIN compared
        ON
            compared.period_type = side.period_type
            AND compared.period = side.period
            AND compared.scope = side.scope
    LEFT JOIN moved
        ON
            moved.period_type = side.period_type
            AND moved.period = side.period
            AND moved.category = side.category
            AND moved.subcategory = side.subcategory
    LEFT JOIN united
        ON
            united.period_type = side.period_type
            AND united.period = side.period
            AND united.category = side.category
            AND united.subcategory = side.subcategory
    LEFT JOIN metric.cut_uncompared AS previous
        ON
            previous.scope = side.scope
            AND previous.cut = side.cut
            AND previous.period_type = side.period_type
            AND previous.period = side.period
            AND previous.is_previous
    LEFT JOIN metric.cut_uncompared AS before
        ON
            before.scope = side.scope
            AND before.cut = side.cut
            AND before.period_type = side.period_type
            AND before.period = side.period
            AND NOT before.is_previous
    LEFT JOIN ref.scope_use AS used ON used.scope = side.scope AND used.purpose = 'section'
    WHERE
        used.scope IS NOT NULL
        OR side.cut IN ('total', 'handling', 'channel', 'handling channel')
    GROUP BY
        side.metric, side.scope, side.period_type, side.period, side.cut,
        side.record_type, side.category, side.subcategory, side.handling, side.unit_type,
        side.region, side.district, side.street, side.channel, side.topic,
        compared.has_previous, compared.has_before,
        moved.is_moved_previous, moved.is_moved_before, united.is_previous, united.is_before,
        previous.cut, before.cut
    HAVING
        sum(side.this_count) > 0
        OR compared.has_previous AND previous.cut IS NULL AND sum(side.previous_count) > 0
        OR compared.has_before AND before.cut IS NULL AND sum(side.before_count) > 0
),

ranked AS (
    SELECT
        member.*,
        row_number() OVER (
            PARTITION BY metric, scope, period_type, period, cut
            ORDER BY
                CASE WHEN is_union THEN 2 WHEN is_unknown THEN 1 ELSE 0 END,
                record_count DESC,
                category, subcategory, topic, record_type, handling, channel, unit_type, region,
                district, street
        ) AS rank,
        CASE
            WHEN previous_count > 0
                THEN row_number() OVER (
                    PARTITION BY metric, scope, period_type, period, cut
                    ORDER BY
                        CASE WHEN is_unknown THEN 1 ELSE 0 END,
                        previous_count DESC NULLS LAST,
                        category, subcategory, topic, record_type, handling, channel, unit_type,
                        region, district, street
                )
        END AS previous_rank,
        cut IN (
            'category', 'category subcategory', 'category subcategory topic',
            'unit_type district street'
        ) AS is_long
    FROM member
),

listed AS (
    SELECT
        ranked.*,
        NOT ranked.is_long
        OR rule.value IS NULL
        OR ranked.rank <= CAST(rule.value AS BIGINT)
        OR ranked.is_union AND ranked.topic = '*' AS is_listed,
        FALSE AS is_rest
    FROM ranked
    LEFT JOIN ref.report_rule AS rule ON rule.rule = 'bulletin_list_count'
),

whole AS (
    SELECT
        listed.*,
        CASE
            WHEN
                NOT ('?' IN (listed.channel, listed.handling))
                AND (gap.cut IS NULL OR listed.cut IN ('channel', 'handling', 'handling channel'))
                THEN sum(
                    CASE
                        WHEN '?' IN (listed.channel, listed.handling) THEN 0
                        ELSE listed.record_count
                    END
                ) OVER (
                    PARTITION BY
                        listed.metric, listed.scope, listed.period_type, listed.period, listed.cut
                )
        END AS whole_count
    FROM listed
    LEFT JOIN metric.cut_gap AS gap
        ON
            gap.cut = listed.cut
            AND gap.period_type = listed.period_type
            AND gap.period = listed.period
            AND gap.known_month_count > 0
),

printed AS (
    SELECT
        metric, scope, period_type, period, cut,
        record_type, category, subcategory, handling, unit_type, region, district, street, channel,
        topic, is_rest, is_listed, rank, previous_rank,
        record_count, previous_this_count, previous_count, before_this_count, before_count,
        whole_count
    FROM whole
    UNION ALL
    SELECT
        metric, scope, period_type, period, cut,
        '*' AS record_type,
        CASE cut WHEN 'category' THEN '其他' ELSE '*' END AS category,
        CASE cut WHEN 'category subcategory' THEN '其他' ELSE '*' END AS subcategory,
        '*' AS handling, '*' AS unit_type, '*' AS region, '*' AS district,
        CASE cut WHEN 'unit_type district street' THEN '其他' ELSE '*' END AS street,
        '*' AS channel,
        CASE cut WHEN 'category subcategory topic' THEN '其他' ELSE '*' END AS topic,
        TRUE AS is_rest,
        FALSE AS is_listed,
        NULL AS rank,
        NULL AS previous_rank,
        sum(record_count) AS record_count,
        sum(previous_this_count) AS previous_this_count,
        sum(previous_count) AS previous_count,
        sum(before_this_count) AS before_this_count,
        sum(before_count) AS before_count,
        max(whole_count) AS whole_count
    FROM whole
    WHERE NOT is_listed
    GROUP BY metric, scope, period_type, period, cut
),

ratio AS (
    SELECT
        *,
        'share' AS part,
        record_count AS numerator,
        whole_count AS denominator
    FROM printed
    UNION ALL
    SELECT
        *,
        'previous' AS part,
        previous_this_count - previous_count AS numerator,
        previous_count AS denominator
    FROM printed
    UNION ALL
    SELECT
        *,
        'before' AS part,
        before_this_count - before_count AS numerator,
        before_count AS denominator
    FROM printed
),

near AS (
    SELECT
        *,
        CAST(
            CAST(abs(numerator) AS DOUBLE) / nullif(denominator, 0) AS DECIMAL(28, 8)
        ) AS near_value
    FROM ratio
),

tried AS (
    SELECT
        *,
        2 * (
            CAST(abs(numerator) AS DECIMAL(19, 0)) * CAST(100000000 AS DECIMAL(9, 0))
            - CAST(near_value * CAST(100000000 AS DECIMAL(9, 0)) AS DECIMAL(18, 0))
            * CAST(denominator AS DECIMAL(19, 0))
        ) AS twice_rest
    FROM near
),

valued AS (
    SELECT
        *,
        CAST(
            CASE WHEN numerator < 0 THEN -1 ELSE 1 END
            * (
                near_value
                + CASE
                    WHEN twice_rest >= denominator THEN CAST(0.00000001 AS DECIMAL(18, 8))
                    WHEN twice_rest < -denominator THEN CAST(-0.00000001 AS DECIMAL(18, 8))
                    ELSE CAST(0 AS DECIMAL(18, 8))
                END
            ) AS DECIMAL(18, 8)
        ) AS value
    FROM tried
)

SELECT
    metric,
    scope,
    period_type,
    period,
    cut,
    record_type, category, subcategory, handling, unit_type, region, district, street, channel,
    topic,
    is_rest,
    is_listed,
    rank,
    previous_rank,
    CAST(record_count AS BIGINT) AS record_count,
    CAST(whole_count AS BIGINT) AS whole_count,
    max(value) FILTER (WHERE part = 'share') AS record_share,
    CAST(previous_this_count AS BIGINT) AS previous_this_count,
    CAST(previous_count AS BIGINT) AS previous_count,
    max(value) FILTER (WHERE part = 'previous') AS previous_growth_rate,
    CAST(before_this_count AS BIGINT) AS before_this_count,
    CAST(before_count AS BIGINT) AS before_count,
    max(value) FILTER (WHERE part = 'before') AS growth_rate,
    NOT is_rest AND coalesce(previous_this_count > 0 AND previous_count = 0, FALSE) AS is_from_zero,
    NOT is_rest AND coalesce(previous_this_count = 0 AND previous_count > 0, FALSE) AS is_gone,
    NOT is_rest AND coalesce(before_this_count > 0 AND before_count = 0, FALSE) AS is_from_zero_in_year,
    NOT is_rest AND coalesce(before_this_count = 0 AND before_count > 0, FALSE) AS is_gone_in_year
FROM valued
GROUP BY
    metric, scope, period_type, period, cut, record_type, category, subcategory, handling,
    unit_type, region, district, street, channel, topic, is_rest, is_listed, rank, previous_rank,
    record_count, whole_count, previous_this_count, previous_count, before_this_count, before_count
