-- One row: records received on a day, of one tier, in one category and place, or in one topic.
-- Key: year, month, received_on, scope_tier, category, subcategory, topic, district.
-- materialised per partition
-- What a week, an assessment month or a half month counts is a sum of days. Two cuts,
-- distinguished by `*`: category by the district where the matter is (subcategory and topic are `*`),
-- and the source's own tree of three levels (district is `*`). Both at once would be nearly the
-- records again. `?` is unknown.
WITH place AS (
    SELECT
        year, month, extract(DAY FROM received_at) AS day_of_month, scope_tier, category,
        place_district,
        count(*) AS record_count
    FROM core.record
    GROUP BY
        year, month, extract(DAY FROM received_at), scope_tier, category,
        place_district
),

topic AS (
    SELECT
        year, month, extract(DAY FROM received_at) AS day_of_month, scope_tier, category,
        subcategory, topic,
        count(*) AS record_count
    FROM core.record
    GROUP BY
        year, month, extract(DAY FROM received_at), scope_tier, category,
        subcategory, topic
)

SELECT
    year,
    month,
    make_date(CAST(year AS INTEGER), CAST(month AS INTEGER), CAST(day_of_month AS INTEGER))
        AS received_on,
    scope_tier,
    category,
    '*' AS subcategory,
    '*' AS topic,
    place_district AS district,
    record_count
FROM place
UNION ALL
SELECT
    year,
    month,
    make_date(CAST(year AS INTEGER), CAST(month AS INTEGER), CAST(day_of_month AS INTEGER))
        AS received_on,
    scope_tier,
    category,
    subcategory,
    topic,
    '*' AS district,
    record_count
FROM topic
