-- One row: a member of a cut in a month, quarter or assessment month, with its share of the whole and
-- its change on the period before and on the year before; or the rest of a list (is_rest).
-- Key: metric, scope, period_type, period, cut, is_rest, and the dimensions from record_type to topic.
-- Members of either period that it is compared with are included: what is new (nothing before, so
-- no rate) and what is gone (a count of 0). A change is that of the days that both periods have
-- (metric.compared_day), by columns that both have (metric.cut_uncompared); previous_this_count and
-- before_this_count are the period's own count in these, which is all of it where both are whole. Counts of a comparison that cannot be made (not
-- loaded, or no such day) are null. Long lists name their first members (rule
-- bulletin_list_count; is_listed) and one row of the rest, so that what is printed sums to the
-- total; rank orders all members, `?` last, and those of the period before have previous_rank. The
-- whole of channel and handling is the sum of the known, as in metric.share; where some months lack
-- the column of another cut, its whole is null (metric.cut_gap). Values are rounded as in
-- metric.figure_value, by the same exact division. A class that a comparison takes under another name
-- or with others (metric.member_compared) has nulls there; what several are compared as (is_union,
-- B、C（原A）) is a row of its own, without a count of the period, and comes last.
WITH side AS (
    SELECT
        metric, scope, period_type, period, cut_key,
        record_count AS this_count,
        0 AS previous_this_count,
        0 AS previous_count,
        0 AS before_this_count,
        0 AS before_count
    FROM metric.tally
    UNION ALL
    SELECT
        metric, scope, period_type, period, cut_key,
        0 AS this_count,
        this_count AS previous_this_count,
        before_count AS previous_count,
        0 AS before_this_count,
        0 AS before_count
    FROM metric.compared_previous
    UNION ALL
    SELECT
        metric, scope, period_type, period, cut_key,
        0 AS this_count,
        0 AS previous_this_count,
        0 AS previous_count,
        this_count AS before_this_count,
        before_count
    FROM metric.compared
),

summed AS (
    SELECT
        metric, side.scope, period_type, period, cut, cut_key,
        '?' IN (
            record_type, category, subcategory, handling, unit_type, region, district, street,
            channel, topic
        ) AS is_unknown,
        '?' IN (channel, handling) AS is_unknown_channel,
        topic <> '*' AS is_topic,
        sum(this_count) AS this_count,
        sum(previous_this_count) AS previous_this_count,
        sum(previous_count) AS previous_count,
        sum(before_this_count) AS before_this_count,
        sum(before_count) AS before_count
    FROM side
    JOIN metric.cut_member USING (cut_key)
    JOIN metric.compared_cut AS listed USING (metric, cut)
    LEFT JOIN ref.scope_use AS used ON used.scope = side.scope AND used.purpose = 'section'
    WHERE
        listed.is_in_bulletin
        AND period_type <> 'year'
        AND (
            used.scope IS NOT NULL
            OR cut IN ('total', 'handling', 'channel', 'handling channel')
        )
    GROUP BY metric, side.scope, period_type, period, cut, cut_key, 7, 8, 9
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

-- A member that a comparison takes under another name, and what several are compared as.
moved AS (
    SELECT
        period_type, period, cut_key,
        bool_or(comparison = 'previous') AS is_moved_previous,
        bool_or(comparison = 'before') AS is_moved_before
    FROM metric.member_compared
    WHERE cut_key <> compared_key
    GROUP BY period_type, period, cut_key
),

united AS (
    SELECT
        period_type, period, compared_key AS cut_key,
        bool_or(comparison = 'previous') AS is_previous,
        bool_or(comparison = 'before') AS is_before
    FROM metric.member_compared
    WHERE is_union
    GROUP BY period_type, period, compared_key
),

judged AS (
    SELECT
        summed.*,
        united.is_before IS NOT NULL AS is_union,
        coalesce(compared.has_previous, FALSE) AND previous.cut IS NULL AS has_previous,
        coalesce(compared.has_before, FALSE) AND before.cut IS NULL AS has_before,
        NOT coalesce(moved.is_moved_previous, FALSE) AND coalesce(united.is_previous, TRUE)
            AS is_of_previous,
        NOT coalesce(moved.is_moved_before, FALSE) AND coalesce(united.is_before, TRUE)
            AS is_of_before
    FROM summed
    LEFT JOIN compared
        ON
            compared.scope = summed.scope
            AND compared.period_type = summed.period_type
            AND compared.period = summed.period
    LEFT JOIN moved
        ON
            moved.period_type = summed.period_type
            AND moved.period = summed.period
            AND moved.cut_key = summed.cut_key
    LEFT JOIN united
        ON
            united.period_type = summed.period_type
            AND united.period = summed.period
            AND united.cut_key = summed.cut_key
    LEFT JOIN metric.cut_uncompared AS previous
        ON
            previous.scope = summed.scope
            AND previous.cut = summed.cut
            AND previous.period_type = summed.period_type
            AND previous.period = summed.period
            AND previous.is_previous
    LEFT JOIN metric.cut_uncompared AS before
        ON
            before.scope = summed.scope
            AND before.cut = summed.cut
            AND before.period_type = summed.period_type
            AND before.period = summed.period
            AND NOT before.is_previous
),

member AS (
    SELECT
        metric, scope, period_type, period, cut, cut_key,
        is_unknown, is_unknown_channel, is_topic, is_union,
        CASE WHEN NOT is_union THEN this_count END AS record_count,
        CASE WHEN has_previous AND is_of_previous THEN previous_this_count END
            AS previous_this_count,
        CASE WHEN has_previous AND is_of_previous THEN previous_count END AS previous_count,
        CASE WHEN has_before AND is_of_before THEN before_this_count END AS before_this_count,
        CASE WHEN has_before AND is_of_before THEN before_count END AS before_count
    FROM judged
    WHERE
        this_count > 0
        OR has_previous AND previous_count > 0
        OR has_before AND before_count > 0
),

ranked AS (
    SELECT
        member.*,
        row_number() OVER (
            PARTITION BY metric, scope, period_type, period, cut
            ORDER BY
                CASE WHEN is_union THEN 2 WHEN is_unknown THEN 1 ELSE 0 END,
                record_count DESC,
                cut_key
        ) AS rank,
        CASE
            WHEN previous_count > 0
                THEN row_number() OVER (
                    PARTITION BY metric, scope, period_type, period, cut
                    ORDER BY
                        CASE WHEN is_unknown THEN 1 ELSE 0 END,
                        previous_count DESC NULLS LAST,
                        cut_key
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
        OR ranked.is_union AND NOT ranked.is_topic AS is_listed,
        FALSE AS is_rest
    FROM ranked
    LEFT JOIN ref.report_rule AS rule ON rule.rule = 'bulletin_list_count'
),

whole AS (
    SELECT
        listed.*,
        CASE
            WHEN
                NOT is_unknown_channel
                AND (gap.cut IS NULL OR listed.cut IN ('channel', 'handling', 'handling channel'))
                THEN sum(CASE WHEN is_unknown_channel THEN 0 ELSE record_count END) OVER (
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
        metric, scope, period_type, period, cut, cut_key,
        is_rest, is_listed, rank, previous_rank,
        record_count, previous_this_count, previous_count, before_this_count, before_count,
        whole_count
    FROM whole
    UNION ALL
    SELECT
        metric, scope, period_type, period, cut,
        NULL AS cut_key,
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

-- The exact division of metric.figure_value, here without a figure for each member: the estimate in
-- doubles, twice its exact remainder, and half a unit rounded away from zero.
estimated AS (
    SELECT
        *,
        CAST(
            CAST(abs(numerator) AS DOUBLE) / nullif(denominator, 0) AS DECIMAL(28, 8)
        ) AS estimate
    FROM ratio
),

with_remainder AS (
    SELECT
        *,
        2 * (
            CAST(abs(numerator) AS DECIMAL(19, 0)) * CAST(100000000 AS DECIMAL(9, 0))
            - CAST(estimate * CAST(100000000 AS DECIMAL(9, 0)) AS DECIMAL(18, 0))
            * CAST(denominator AS DECIMAL(19, 0))
        ) AS twice_remainder
    FROM estimated
),

absolute AS (
    SELECT
        *,
        estimate
        + CASE
            WHEN twice_remainder >= denominator THEN CAST(0.00000001 AS DECIMAL(18, 8))
            WHEN twice_remainder < -denominator THEN CAST(-0.00000001 AS DECIMAL(18, 8))
            ELSE CAST(0 AS DECIMAL(18, 8))
        END AS absolute_value
    FROM with_remainder
),

rounded AS (
    SELECT
        *,
        CAST(
            CASE WHEN numerator < 0 THEN -absolute_value ELSE absolute_value END AS DECIMAL(18, 8)
        ) AS value
    FROM absolute
),

rated AS (
    SELECT
        metric, scope, period_type, period, cut, cut_key, is_rest, is_listed, rank, previous_rank,
        CAST(record_count AS BIGINT) AS record_count,
        CAST(whole_count AS BIGINT) AS whole_count,
        max(value) FILTER (WHERE part = 'share') AS record_share,
        CAST(previous_this_count AS BIGINT) AS previous_this_count,
        CAST(previous_count AS BIGINT) AS previous_count,
        max(value) FILTER (WHERE part = 'previous') AS previous_growth_rate,
        CAST(before_this_count AS BIGINT) AS before_this_count,
        CAST(before_count AS BIGINT) AS before_count,
        max(value) FILTER (WHERE part = 'before') AS growth_rate
    FROM rounded
    GROUP BY
        metric, scope, period_type, period, cut, cut_key, is_rest, is_listed, rank, previous_rank,
        11, 12, 14, 15, 17, 18
)

-- The rest of a list has no member: it is 其他 in the last dimension of the cut.
SELECT
    metric,
    scope,
    period_type,
    period,
    rated.cut,
    coalesce(record_type, '*') AS record_type,
    CASE WHEN is_rest AND rated.cut = 'category' THEN '其他' ELSE coalesce(category, '*') END
        AS category,
    CASE
        WHEN is_rest AND rated.cut = 'category subcategory' THEN '其他'
        ELSE coalesce(subcategory, '*')
    END AS subcategory,
    coalesce(handling, '*') AS handling,
    coalesce(unit_type, '*') AS unit_type,
    coalesce(region, '*') AS region,
    coalesce(district, '*') AS district,
    CASE
        WHEN is_rest AND rated.cut = 'unit_type district street' THEN '其他'
        ELSE coalesce(street, '*')
    END AS street,
    coalesce(channel, '*') AS channel,
    CASE
        WHEN is_rest AND rated.cut = 'category subcategory topic' THEN '其他'
        ELSE coalesce(topic, '*')
    END AS topic,
    is_rest,
    is_listed,
    rank,
    previous_rank,
    record_count,
    whole_count,
    record_share,
    previous_this_count,
    previous_count,
    previous_growth_rate,
    before_this_count,
    before_count,
    growth_rate,
    NOT is_rest AND coalesce(previous_this_count > 0 AND previous_count = 0, FALSE) AS is_from_zero,
    NOT is_rest AND coalesce(previous_this_count = 0 AND previous_count > 0, FALSE) AS is_gone,
    NOT is_rest AND coalesce(before_this_count > 0 AND before_count = 0, FALSE) AS is_from_zero_in_year,
    NOT is_rest AND coalesce(before_this_count = 0 AND before_count > 0, FALSE) AS is_gone_in_year
FROM rated
LEFT JOIN metric.cut_member USING (cut_key)
