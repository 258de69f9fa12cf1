-- One row: the counts of a member of a cut in a month, quarter or assessment month, and in the one
-- before it. Key: metric, scope, period_type, period, cut, and the dimensions from record_type to
-- topic.
-- Only where both are loaded in the scope. A member of one of them alone has 0 in the other: what is
-- gone and what is new both stay. It is partial where either is.
WITH pair AS (
    SELECT
        own.period_type,
        own.scope,
        own.year,
        own.period,
        own.previous_period,
        NOT own.has_previous AS is_partial
    FROM metric.reported_period AS own
    WHERE own.previous_period IS NOT NULL
),

counted AS (
    SELECT *
    FROM metric.tally
    WHERE
        period_type <> 'year'
        AND (
            metric = 'record_count'
            AND cut IN (
                'total', 'record_type', 'category', 'category subcategory', 'handling', 'channel',
                'handling channel', 'unit_type', 'category subcategory topic',
                'unit_type district street'
            )
            OR metric = 'district_handled_count'
            AND cut IN ('total', 'region', 'district')
            OR metric IN (
                'redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count',
                'copied_text_count'
            )
        )
),

side AS (
    SELECT
        pair.period AS report_period,
        pair.year AS report_year,
        pair.is_partial AS is_pair_partial,
        counted.*,
        counted.record_count AS this_count,
        0 AS before_count
    FROM counted
    JOIN pair
        ON
            pair.period_type = counted.period_type
            AND pair.scope = counted.scope
            AND pair.period = counted.period
    UNION ALL
    SELECT
        pair.period AS report_period,
        pair.year AS report_year,
        pair.is_partial AS is_pair_partial,
        counted.*,
        0 AS this_count,
        counted.record_count AS before_count
    FROM counted
    JOIN pair
        ON
            pair.period_type = counted.period_type
            AND pair.scope = counted.scope
            AND pair.previous_period = counted.period
)

SELECT
    metric,
    scope,
    report_year AS year,
    period_type,
    report_period AS period,
    is_pair_partial AS is_partial,
    cut,
    record_type,
    category,
    subcategory,
    handling,
    unit_type,
    unit,
    region,
    district,
    street,
    channel,
    desk,
    platform,
    praise_form,
    epidemic,
    tag,
    topic,
    CAST(sum(this_count) AS BIGINT) AS this_count,
    CAST(sum(before_count) AS BIGINT) AS before_count
FROM side
GROUP BY
    metric, scope, report_year, period_type, report_period, is_pair_partial, cut,
    record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag, topic
