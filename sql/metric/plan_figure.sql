-- One row: a figure of a plan's indicators, as numerator over denominator.
-- Key: the key of metric.figure; category is the group, subcategory the indicator. A period is the
-- one at whose end the indicators are judged. Values keep four decimals; percents are ratios.
WITH counted AS (
    SELECT
        period,
        '*' AS category,
        'total' AS cut,
        count(*) AS indicator_count,
        count(*) FILTER (WHERE status <> 'not_assessed') AS assessed_count,
        count(*) FILTER (WHERE status = 'done') AS done_count,
        count(*) FILTER (WHERE status = 'on_track') AS on_track_count,
        count(*) FILTER (WHERE status = 'behind') AS behind_count,
        count(DISTINCT indicator_group) AS group_count
    FROM core.plan_status
    GROUP BY period
    UNION ALL
    SELECT
        period,
        indicator_group AS category,
        'category' AS cut,
        count(*) AS indicator_count,
        count(*) FILTER (WHERE status <> 'not_assessed') AS assessed_count,
        count(*) FILTER (WHERE status = 'done') AS done_count,
        count(*) FILTER (WHERE status = 'on_track') AS on_track_count,
        count(*) FILTER (WHERE status = 'behind') AS behind_count,
        count(DISTINCT indicator_group) AS group_count
    FROM core.plan_status
    GROUP BY period, indicator_group
),

measured AS (
    SELECT
        'plan_indicator_count' AS metric, period, category, '*' AS subcategory, cut,
        indicator_count AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM counted
    UNION ALL
    SELECT
        'plan_assessed_count' AS metric, period, category, '*' AS subcategory, cut,
        assessed_count AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM counted
    UNION ALL
    SELECT
        'plan_done_count' AS metric, period, category, '*' AS subcategory, cut,
        done_count AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM counted
    UNION ALL
    SELECT
        'plan_on_track_count' AS metric, period, category, '*' AS subcategory, cut,
        on_track_count AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM counted
    UNION ALL
    SELECT
        'plan_behind_count' AS metric, period, category, '*' AS subcategory, cut,
        behind_count AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM counted
    UNION ALL
    SELECT
        'plan_done_share' AS metric, period, category, '*' AS subcategory, cut,
        done_count AS numerator, assessed_count AS denominator
    FROM counted
    WHERE assessed_count > 0
    UNION ALL
    SELECT
        'plan_on_track_share' AS metric, period, category, '*' AS subcategory, cut,
        on_track_count AS numerator, assessed_count AS denominator
    FROM counted
    WHERE assessed_count > 0
    UNION ALL
    SELECT
        'plan_group_count' AS metric, period, category, '*' AS subcategory, cut,
        group_count AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM counted
    WHERE cut = 'total'
    UNION ALL
    SELECT
        'plan_value' AS metric, held.period, plan.group AS category,
        held.indicator AS subcategory, 'category subcategory' AS cut,
        CAST(held.value * 10000 AS BIGINT) AS numerator,
        CAST(CASE WHEN plan.unit = '%' THEN 1000000 ELSE 10000 END AS BIGINT) AS denominator
    FROM core.plan_value AS held
    JOIN ref.plan_indicator AS plan ON plan.indicator = held.indicator
)

SELECT
    metric,
    '-' AS convention,
    'all' AS scope,
    CASE WHEN length(period) = 4 THEN 'year' ELSE 'month' END AS period_type,
    period,
    category, subcategory,
    CAST(numerator AS BIGINT) AS numerator,
    CAST(denominator AS BIGINT) AS denominator,
    FALSE AS is_partial,
    cut
FROM measured
