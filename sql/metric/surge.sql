-- One row: a series that surged in a period, over the weeks inside it.
-- Key: period_type, period, scope, cut, category, subcategory, topic, district.
-- computed when asked
-- From model.expected_count (pipeline/surge), for the periods that were asked for. excess_count is
-- what the surging weeks had above their expectation; peak is the week with the largest excess.
-- A category with its districts and topics is one matter, listed once: alarm_number orders the matters
-- by the excess of the series that represents each, and is null for the others. That is the topic or
-- district that holds the rule's share (surge_concentration) of the category's excess or more, else
-- the category. other_count is how many more series of the matter surged.
-- A series of a district surges with its category: is_city_wide says that the category did, too.
-- peak_common_ratio is what everything rose by in the peak week; the expectation holds it already.
WITH surging AS (
    SELECT
        *,
        record_count - expected_count AS excess_count,
        row_number() OVER (
            PARTITION BY period_type, period, scope, cut, category, subcategory, topic, district
            ORDER BY record_count - expected_count DESC, last_on
        ) AS excess_rank
    FROM model.expected_count
    WHERE is_surge
),

series AS (
    SELECT
        period_type,
        period,
        scope,
        cut,
        category,
        subcategory,
        topic,
        district,
        count(*) AS week_count,
        min(first_on) AS first_on,
        max(last_on) AS last_on,
        CAST(sum(record_count) AS BIGINT) AS record_count,
        sum(expected_count) AS expected_count,
        sum(excess_count) AS excess_count,
        max(CASE WHEN excess_rank = 1 THEN first_on END) AS peak_first_on,
        max(CASE WHEN excess_rank = 1 THEN last_on END) AS peak_last_on,
        max(CASE WHEN excess_rank = 1 THEN record_count END) AS peak_record_count,
        max(CASE WHEN excess_rank = 1 THEN expected_count END) AS peak_expected_count,
        max(CASE WHEN excess_rank = 1 THEN lower_count END) AS peak_lower_count,
        max(CASE WHEN excess_rank = 1 THEN upper_count END) AS peak_upper_count,
        max(CASE WHEN excess_rank = 1 THEN common_ratio END) AS peak_common_ratio,
        min(adjusted_p_value) AS adjusted_p_value,
        bool_or(is_new) AS is_new,
        max(CASE WHEN excess_rank = 1 THEN method END) AS method
    FROM surging
    GROUP BY period_type, period, scope, cut, category, subcategory, topic, district
),

-- A home's own rules may be older than this one: then the category represents itself.
rule AS (
    SELECT coalesce(max(CAST(rule.value AS DOUBLE)), 1) AS share
    FROM ref.report_rule AS rule
    WHERE rule.rule = 'surge_concentration'
),

within AS (
    SELECT
        series.*,
        max(CASE WHEN cut = 'category' THEN excess_count END) OVER (
            PARTITION BY period_type, period, scope, category
        ) AS category_excess_count,
        count(*) OVER (PARTITION BY period_type, period, scope, category) - 1 AS other_count,
        rule.share
    FROM series
    CROSS JOIN rule
),

-- Who may represent the matter: first the topics and districts that hold the share.
placed AS (
    SELECT
        *,
        CASE
            WHEN cut = 'category' THEN 1
            WHEN category_excess_count IS NULL THEN 0
            WHEN excess_count >= share * category_excess_count THEN 0
            ELSE 2
        END AS form_order
    FROM within
),

ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY period_type, period, scope, category
            ORDER BY
                form_order,
                excess_count DESC,
                -- A topic is narrower than a district.
                cut DESC, subcategory, topic, district
        ) AS matter_rank
    FROM placed
)

SELECT
    period_type,
    period,
    scope,
    cut,
    category,
    subcategory,
    topic,
    district,
    CASE
        WHEN cut <> 'total' AND matter_rank = 1
            THEN row_number() OVER (
                PARTITION BY period_type, period, scope, cut <> 'total' AND matter_rank = 1
                ORDER BY excess_count DESC, category
            )
    END AS alarm_number,
    other_count,
    week_count,
    first_on,
    last_on,
    record_count,
    expected_count,
    excess_count,
    peak_first_on,
    peak_last_on,
    peak_record_count,
    peak_expected_count,
    peak_lower_count,
    peak_upper_count,
    peak_common_ratio,
    adjusted_p_value,
    is_new,
    category_excess_count IS NOT NULL AND district <> '*' AS is_city_wide,
    method
FROM ranked
