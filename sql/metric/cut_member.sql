-- One row: a member of a cut, with the number that identifies it in the tables of this schema.
-- Key: cut_key; also cut and the dimensions from record_type to topic.
-- cut names the dimensions that are cut by, in the order of the key; `total` cuts by none. `*` is
-- not cut by it, `?` is unknown. The tables that each build makes anew hold cut_key alone; who needs
-- a dimension of them, or the cut, joins this table USING (cut_key).
-- Keys number the members of one build in the order of their text, so that ordering by cut_key
-- orders the members of a cut by name, and two builds of the same records agree. They mean nothing in
-- another build: tables that are carried over from one to the next (metric.cell, metric.day_count)
-- hold the dimensions, and are joined with the members by these.
-- Names that no register has and few records hold are one member, 未登记 (metric.unlisted_name).
-- What is no member of a cell: topics, classes of another publication, classes under the name that
-- they are compared by (metric.class_compared), and what grids, plans and matters are counted by.
WITH small AS (
    SELECT DISTINCT
        'category subcategory topic' AS cut,
        category, subcategory, '*' AS district, '*' AS street, '*' AS channel, topic
    FROM metric.shown_day_count
    WHERE district = '*'
    UNION
    SELECT
        'category' AS cut,
        member AS category, '*' AS subcategory, '*' AS district, '*' AS street, '*' AS channel,
        '*' AS topic
    FROM ref.category_crosswalk
    UNION
    SELECT cut, category, '*' AS subcategory, district, street, channel, '*' AS topic
    FROM metric.grid_figure
    UNION
    SELECT
        cut,
        category, subcategory, '*' AS district, '*' AS street, '*' AS channel, '*' AS topic
    FROM metric.plan_figure
    UNION
    SELECT
        cut,
        category, '*' AS subcategory, district, '*' AS street, '*' AS channel, '*' AS topic
    FROM metric.matter_figure
),

held AS (
    SELECT DISTINCT
        cut,
        record_type, shown_category AS category, shown_subcategory AS subcategory,
        shown_handling AS handling, unit_type, shown_unit AS unit, region, shown_district AS district,
        shown_street AS street, shown_channel AS channel, desk, shown_platform AS platform,
        shown_praise_form AS praise_form, epidemic, shown_tag AS tag, '*' AS topic
    FROM metric.shown_cell
    UNION
    SELECT
        cut,
        '*' AS record_type, category, subcategory, '*' AS handling, '*' AS unit_type, '*' AS unit,
        '*' AS region, district, street, channel, '*' AS desk, '*' AS platform,
        '*' AS praise_form, '*' AS epidemic, '*' AS tag, topic
    FROM small
),

renamed AS (
    SELECT DISTINCT category, subcategory, compared_category, compared_subcategory
    FROM metric.class_compared
    WHERE comparison <> 'reference'
),

member AS (
    SELECT *
    FROM held
    UNION
    SELECT
        cut,
        record_type, compared_category AS category, compared_subcategory AS subcategory, handling,
        unit_type, unit, region, district, street, channel, desk, platform, praise_form, epidemic,
        tag, topic
    FROM held
    JOIN renamed USING (category, subcategory)
)

SELECT
    CAST(
        row_number() OVER (
            ORDER BY
                record_type, category, subcategory, handling, unit_type, unit, region, district,
                street, channel, desk, platform, praise_form, epidemic, tag, topic, cut
        ) AS INTEGER
    ) AS cut_key,
    *
FROM member
ORDER BY cut_key
