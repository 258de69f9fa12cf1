-- One row: records of a week in one series, on the scope of printed sections.
-- Key: cut, category, subcategory, topic, district, week_index.
-- `asked_day` (day_on, week_index) is a temporary table that the caller fills: weeks end where the
-- period ends, so that neither a calendar nor an assessment month has a broken week. Series without
-- a known name (`?`, 未登记) are no series: what is unknown has no place to send anyone to. The whole city
-- (cut `total`) is a series, too.
WITH day AS (
    SELECT
        asked_day.week_index,
        day_count.category,
        day_count.subcategory,
        day_count.topic,
        day_count.district,
        day_count.record_count
    FROM metric.shown_day_count AS day_count
    JOIN asked_day ON asked_day.day_on = day_count.received_on
    JOIN metric.scope AS scope
        ON scope.year = day_count.year AND scope.scope_tier = day_count.scope_tier
    JOIN ref.scope_use AS scope_use
        ON scope_use.scope = scope.scope AND scope_use.purpose = 'section'
)

SELECT
    'total' AS cut, '*' AS category, '*' AS subcategory, '*' AS topic, '*' AS district,
    week_index,
    CAST(sum(record_count) AS BIGINT) AS record_count
FROM day
WHERE district <> '*'
GROUP BY week_index
UNION ALL
SELECT
    'category' AS cut, category, '*' AS subcategory, '*' AS topic, '*' AS district,
    week_index,
    CAST(sum(record_count) AS BIGINT) AS record_count
FROM day
WHERE district <> '*' AND category NOT IN ('?', '未登记')
GROUP BY category, week_index
UNION ALL
SELECT
    'category district' AS cut, category, '*' AS subcategory, '*' AS topic, district,
    week_index,
    CAST(sum(record_count) AS BIGINT) AS record_count
FROM day
WHERE district NOT IN ('*', '?', '未登记') AND category NOT IN ('?', '未登记')
GROUP BY category, district, week_index
UNION ALL
SELECT
    'category subcategory topic' AS cut, category, subcategory, topic, '*' AS district,
    week_index,
    CAST(sum(record_count) AS BIGINT) AS record_count
FROM day
WHERE district = '*' AND topic NOT IN ('?', '未登记') AND category NOT IN ('?', '未登记')
GROUP BY category, subcategory, topic, week_index
