-- One row: a name that no register has and that few records hold, of all that are loaded.
-- Key: kind, category, subcategory, name.
-- A cell that slipped into another column is such a name: a person, an account. So nothing prints it
-- by itself: metric.shown_cell and metric.shown_day_count count all of a kind together as 未登记. Few is
-- less than the rule unlisted_min_count; without the rule, any number. kind is a dimension of metric.cell,
-- topic, or a dimension of metric.grid_cell; category and subcategory are those that the name belongs to, `*` where it is in none.
WITH counted AS (
    SELECT
        'category' AS kind, '*' AS category, '*' AS subcategory, category AS name,
        sum(record_count) AS record_count
    FROM metric.cell
    WHERE metric = 'record_count' AND cut = 'category'
    GROUP BY category
    UNION ALL
    SELECT
        'subcategory' AS kind, category, '*' AS subcategory, subcategory AS name,
        sum(record_count) AS record_count
    FROM metric.cell
    WHERE metric = 'record_count' AND cut = 'category subcategory'
    GROUP BY category, subcategory
    UNION ALL
    SELECT
        'topic' AS kind, category, subcategory, topic AS name,
        sum(record_count) AS record_count
    FROM metric.day_count
    WHERE district = '*'
    GROUP BY category, subcategory, topic
    UNION ALL
    SELECT
        'handling' AS kind, '*' AS category, '*' AS subcategory, handling AS name,
        sum(record_count) AS record_count
    FROM metric.cell
    WHERE metric = 'record_count' AND cut = 'handling'
    GROUP BY handling
    UNION ALL
    SELECT
        'channel' AS kind, '*' AS category, '*' AS subcategory, channel AS name,
        sum(record_count) AS record_count
    FROM metric.cell
    WHERE metric = 'record_count' AND cut = 'channel'
    GROUP BY channel
    UNION ALL
    SELECT
        'platform' AS kind, '*' AS category, '*' AS subcategory, platform AS name,
        sum(record_count) AS record_count
    FROM metric.cell
    WHERE metric = 'record_count' AND cut = 'channel platform'
    GROUP BY platform
    UNION ALL
    SELECT
        'praise_form' AS kind, '*' AS category, '*' AS subcategory, praise_form AS name,
        sum(record_count) AS record_count
    FROM metric.cell
    WHERE metric = 'record_count' AND cut = 'record_type praise_form'
    GROUP BY praise_form
    UNION ALL
    SELECT
        'tag' AS kind, '*' AS category, '*' AS subcategory, tag AS name,
        sum(record_count) AS record_count
    FROM metric.cell
    WHERE metric = 'record_count' AND cut = 'tag'
    GROUP BY tag
    UNION ALL
    SELECT
        'unit' AS kind, '*' AS category, '*' AS subcategory, unit AS name,
        sum(record_count) AS record_count
    FROM metric.cell
    WHERE metric = 'record_count' AND cut = 'unit_type unit'
    GROUP BY unit
    UNION ALL
    SELECT
        'street' AS kind, '*' AS category, '*' AS subcategory, street AS name,
        sum(record_count) AS record_count
    FROM metric.cell
    WHERE metric = 'record_count' AND cut = 'unit_type district street'
    GROUP BY street
    UNION ALL
    -- Of the place of the matter and of the unit: the larger count is enough.
    SELECT
        'district' AS kind, '*' AS category, '*' AS subcategory, name,
        max(record_count) AS record_count
    FROM (
        SELECT cut, district AS name, sum(record_count) AS record_count
        FROM metric.cell
        WHERE
            metric = 'record_count' AND cut = 'unit_type district'
            OR metric = 'place_count' AND cut = 'district'
        GROUP BY cut, district
    ) AS district
    GROUP BY name
    UNION ALL
    SELECT
        'grid_class' AS kind, '*' AS category, '*' AS subcategory, category AS name,
        sum(event_count) AS record_count
    FROM metric.grid_cell
    WHERE district = '*' AND channel = '*'
    GROUP BY category
    UNION ALL
    SELECT
        'grid_channel' AS kind, '*' AS category, '*' AS subcategory, channel AS name,
        sum(event_count) AS record_count
    FROM metric.grid_cell
    WHERE category = '*'
    GROUP BY channel
    UNION ALL
    SELECT
        'grid_district' AS kind, '*' AS category, '*' AS subcategory, district AS name,
        sum(event_count) AS record_count
    FROM metric.grid_cell
    WHERE category = '*' AND street = '*'
    GROUP BY district
    UNION ALL
    SELECT
        'grid_street' AS kind, '*' AS category, '*' AS subcategory, street AS name,
        sum(event_count) AS record_count
    FROM metric.grid_cell
    GROUP BY street
),

-- What a register has, and what the register of changes and another publication call a class.
listed AS (
    SELECT 'category' AS kind, '*' AS category, category AS name
    FROM ref.category
    UNION
    SELECT 'category' AS kind, '*' AS category, category AS name
    FROM ref.category_change
    UNION
    SELECT 'category' AS kind, '*' AS category, former_category AS name
    FROM ref.category_change
    UNION
    SELECT 'category' AS kind, '*' AS category, category AS name
    FROM ref.category_crosswalk
    UNION
    SELECT 'subcategory' AS kind, category, subcategory AS name
    FROM ref.subcategory
    UNION
    SELECT 'subcategory' AS kind, category, subcategory AS name
    FROM ref.category_change
    UNION
    SELECT 'subcategory' AS kind, former_category AS category, former_subcategory AS name
    FROM ref.category_change
    UNION
    SELECT 'subcategory' AS kind, category, subcategory AS name
    FROM ref.category_crosswalk
    UNION
    SELECT dimension AS kind, '*' AS category, member AS name
    FROM ref.member
    UNION
    SELECT 'praise_form' AS kind, '*' AS category, praise_form AS name
    FROM ref.praise_form
    UNION
    SELECT 'unit' AS kind, '*' AS category, unit AS name
    FROM ref.unit
    UNION
    SELECT 'unit' AS kind, '*' AS category, district AS name
    FROM ref.district
    UNION
    SELECT 'unit' AS kind, '*' AS category, street AS name
    FROM ref.street
    UNION
    SELECT 'unit' AS kind, '*' AS category, district || street AS name
    FROM ref.street
    UNION
    SELECT 'district' AS kind, '*' AS category, district AS name
    FROM ref.district
    UNION
    SELECT 'street' AS kind, '*' AS category, street AS name
    FROM ref.street
    UNION
    SELECT 'grid_class' AS kind, '*' AS category, grid_class AS name
    FROM ref.grid_class
    UNION
    SELECT 'grid_district' AS kind, '*' AS category, district AS name
    FROM ref.district
    UNION
    SELECT 'grid_street' AS kind, '*' AS category, street AS name
    FROM ref.street
)

SELECT
    counted.kind,
    counted.category,
    counted.subcategory,
    counted.name,
    CAST(counted.record_count AS BIGINT) AS record_count
FROM counted
LEFT JOIN ref.report_rule AS rule ON rule.rule = 'unlisted_min_count'
LEFT JOIN listed
    ON listed.kind = counted.kind AND listed.category = counted.category AND listed.name = counted.name
WHERE
    counted.name NOT IN ('*', '?')
    AND listed.name IS NULL
    AND (rule.value IS NULL OR counted.record_count < CAST(rule.value AS BIGINT))
ORDER BY counted.kind, counted.category, counted.subcategory, counted.name
