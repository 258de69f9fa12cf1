-- One row: the change of a month's count on the month before it, over that month's count.
-- Key: the key of metric.figure.
-- Only where both months are loaded; a member that is gone falls by the whole of its count, a new
-- one has nothing to grow from. It is partial where either month is.
WITH numbered AS (
    SELECT
        period_type, period, is_partial,
        year * 12 + month AS month_number
    FROM metric.period
    WHERE period_type = 'month'
),

pair AS (
    SELECT
        later.period,
        earlier.period AS before_period,
        later.is_partial OR earlier.is_partial AS is_pair_partial
    FROM numbered AS later
    JOIN numbered AS earlier ON earlier.month_number = later.month_number - 1
),

monthly AS (
    SELECT *
    FROM metric.tally
    WHERE
        period_type = 'month'
        AND metric = 'record_count'
        AND cut IN ('total', 'record_type', 'category', 'handling', 'channel', 'unit_type')
),

side AS (
    SELECT
        monthly.*,
        pair.period AS report_period,
        pair.is_pair_partial,
        monthly.record_count AS this_count,
        0 AS before_count
    FROM monthly
    JOIN pair ON pair.period = monthly.period
    UNION ALL
    SELECT
        monthly.*,
        pair.period AS report_period,
        pair.is_pair_partial,
        0 AS this_count,
        monthly.record_count AS before_count
    FROM monthly
    JOIN pair ON pair.before_period = monthly.period
),

-- A scope that only one of the two months has compares with nothing.
known AS (
    SELECT report_period, scope
    FROM side
    WHERE cut = 'total'
    GROUP BY report_period, scope
    HAVING sum(this_count) > 0 AND sum(before_count) > 0
)

SELECT
    'growth_previous_' || side.metric AS metric,
    '1' AS method_version,
    '-' AS convention,
    side.scope,
    'received' AS date_basis,
    side.period_type,
    side.report_period AS period,
    side.record_type,
    side.category,
    side.subcategory,
    side.handling,
    side.unit_type,
    side.unit,
    side.region,
    side.district,
    side.street,
    side.channel,
    side.desk,
    side.platform,
    side.praise_form,
    side.epidemic,
    side.tag,
    CAST(sum(side.this_count) - sum(side.before_count) AS BIGINT) AS numerator,
    CAST(sum(side.before_count) AS BIGINT) AS denominator,
    side.is_pair_partial AS is_partial,
    side.cut
FROM side
JOIN known ON known.report_period = side.report_period AND known.scope = side.scope
GROUP BY
    side.metric, side.scope, side.period_type, side.report_period, side.is_pair_partial, side.cut,
    side.record_type, side.category, side.subcategory, side.handling, side.unit_type, side.unit,
    side.region, side.district, side.street, side.channel, side.desk,
    side.platform, side.praise_form, side.epidemic, side.tag
HAVING sum(side.before_count) > 0
