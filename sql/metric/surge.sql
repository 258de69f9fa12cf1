-- One row: a series that surged in a period, over the weeks that end in it.
-- Key: period_type, period, scope, cut, category, subcategory, topic, district.
-- computed when asked
-- From model.expected_count (pipeline/surge), for the periods that were asked for. excess_count is
-- what the surging weeks had above their expectation; peak is the week with the largest excess.
-- A series of a district surges with its category: is_city_wide says that the category did, too.
-- peak_city_ratio is what the whole city had in that week over its expectation: where everything
-- rises, what rose no more than that is no news of its own.
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

city AS (
    SELECT DISTINCT period_type, period, scope, category
    FROM surging
    WHERE cut = 'category'
),

total AS (
    SELECT
        period_type, period, scope, last_on,
        record_count / nullif(expected_count, 0) AS city_ratio
    FROM model.expected_count
    WHERE cut = 'total'
)

SELECT
    surging.period_type,
    surging.period,
    surging.scope,
    surging.cut,
    surging.category,
    surging.subcategory,
    surging.topic,
    surging.district,
    count(*) AS week_count,
    min(surging.first_on) AS first_on,
    max(surging.last_on) AS last_on,
    sum(surging.record_count) AS record_count,
    sum(surging.expected_count) AS expected_count,
    sum(surging.excess_count) AS excess_count,
    max(CASE WHEN surging.excess_rank = 1 THEN surging.first_on END) AS peak_first_on,
    max(CASE WHEN surging.excess_rank = 1 THEN surging.last_on END) AS peak_last_on,
    max(CASE WHEN surging.excess_rank = 1 THEN surging.record_count END) AS peak_record_count,
    max(CASE WHEN surging.excess_rank = 1 THEN surging.expected_count END) AS peak_expected_count,
    max(CASE WHEN surging.excess_rank = 1 THEN surging.lower_count END) AS peak_lower_count,
    max(CASE WHEN surging.excess_rank = 1 THEN surging.upper_count END) AS peak_upper_count,
    max(CASE WHEN surging.excess_rank = 1 THEN total.city_ratio END) AS peak_city_ratio,
    min(surging.adjusted_p_value) AS adjusted_p_value,
    bool_or(surging.is_new) AS is_new,
    bool_or(city.category IS NOT NULL) AND surging.district <> '*' AS is_city_wide,
    max(surging.method) AS method
FROM surging
LEFT JOIN city
    ON city.period_type = surging.period_type
    AND city.period = surging.period
    AND city.scope = surging.scope
    AND city.category = surging.category
LEFT JOIN total
    ON total.period_type = surging.period_type
    AND total.period = surging.period
    AND total.scope = surging.scope
    AND total.last_on = surging.last_on
GROUP BY
    surging.period_type, surging.period, surging.scope, surging.cut, surging.category,
    surging.subcategory, surging.topic, surging.district
