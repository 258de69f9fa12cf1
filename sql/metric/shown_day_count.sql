-- One row: a row of metric.day_count, with 未登记 for each name of metric.unlisted_name.
-- Key: none; the counts of equal dimensions add up.
-- a view on tables
SELECT
    day.year,
    day.month,
    day.received_on,
    day.scope_tier,
    CASE WHEN unlisted_category.name IS NULL THEN day.category ELSE '未登记' END AS category,
    CASE WHEN unlisted_subcategory.name IS NULL THEN day.subcategory ELSE '未登记' END AS subcategory,
    CASE WHEN unlisted_topic.name IS NULL THEN day.topic ELSE '未登记' END AS topic,
    CASE WHEN unlisted_district.name IS NULL THEN day.district ELSE '未登记' END AS district,
    day.record_count
FROM metric.day_count AS day
LEFT JOIN metric.unlisted_name AS unlisted_category
    ON unlisted_category.kind = 'category' AND unlisted_category.name = day.category
LEFT JOIN metric.unlisted_name AS unlisted_subcategory
    ON
        unlisted_subcategory.kind = 'subcategory'
        AND unlisted_subcategory.category = day.category
        AND unlisted_subcategory.name = day.subcategory
LEFT JOIN metric.unlisted_name AS unlisted_topic
    ON
        unlisted_topic.kind = 'topic'
        AND unlisted_topic.category = day.category
        AND unlisted_topic.subcategory = day.subcategory
        AND unlisted_topic.name = day.topic
LEFT JOIN metric.unlisted_name AS unlisted_district
    ON unlisted_district.kind = 'district' AND unlisted_district.name = day.district
