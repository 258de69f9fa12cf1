-- One row: a category or subcategory as a comparison of periods takes it, where the register of changes
-- (ref.category_change) says that it is not the same class in both.
-- Key: comparison, period_type, period, category, subcategory (`*`: the category itself).
-- comparison: before (the year before), previous (the period before) or reference (the twelve months
-- before, metric.new_member). A change counts where it came into force after the first day of the
-- earlier period and not after the last of the later one: then both periods are compared by the
-- classes that the changes tie together. One of them that is still used gives its name to all (a
-- rename, a merger); of several (a split) all are compared together (is_union), under their names
-- and those that are gone: B、C（原A）. A subcategory that went to another category ties the two
-- categories. Subcategories of a changed category are those of the same name, but for those that
-- have a row of their own. Sixteen changes in a row are followed. What comes into force after the last
-- record has no effect yet.
WITH change AS (
    SELECT DISTINCT
        valid_from,
        category,
        coalesce(subcategory, '*') AS subcategory,
        former_category,
        coalesce(former_subcategory, '*') AS former_subcategory
    FROM ref.category_change
),

held AS (
    SELECT DISTINCT cell.category, cell.subcategory
    FROM metric.cell AS cell
    JOIN (
        SELECT category FROM change
        UNION
        SELECT former_category AS category FROM change
    ) AS changed ON changed.category = cell.category
    WHERE cell.metric = 'record_count' AND cell.cut = 'category subcategory'
),

-- What follows the former class; is_replaced: the former one is no longer used.
event AS (
    SELECT DISTINCT
        valid_from, category, '*' AS subcategory, former_category, '*' AS former_subcategory,
        subcategory = '*' AS is_replaced
    FROM change
    WHERE subcategory = '*' OR category <> former_category
    UNION
    SELECT
        valid_from, category, subcategory, former_category, former_subcategory, TRUE AS is_replaced
    FROM change
    WHERE subcategory <> '*'
    UNION
    SELECT
        change.valid_from, change.category, held.subcategory, change.former_category,
        held.subcategory AS former_subcategory, TRUE AS is_replaced
    FROM change
    JOIN held ON held.category = change.category
    JOIN held AS former
        ON former.category = change.former_category AND former.subcategory = held.subcategory
    LEFT JOIN change AS finer
        ON
            finer.valid_from = change.valid_from
            AND finer.former_category = change.former_category
            AND finer.former_subcategory = held.subcategory
    WHERE change.subcategory = '*' AND finer.category IS NULL
),

reported AS (
    SELECT DISTINCT period_type, period, first_on, last_on
    FROM metric.reported_period
),

span AS (
    SELECT DISTINCT
        'before' AS comparison, period_type, period,
        make_date(year - 1, 1, 1) AS first_on,
        make_date(year, 12, 31) AS last_on
    FROM metric.period_part
    WHERE period_type = 'year'
    UNION ALL
    SELECT
        'before' AS comparison, period_type, period,
        CAST(first_on - INTERVAL '12' MONTH AS DATE) AS first_on, last_on
    FROM reported
    UNION ALL
    SELECT
        'previous' AS comparison, period_type, period,
        CAST(
            CASE period_type
                WHEN 'quarter' THEN first_on - INTERVAL '3' MONTH
                ELSE first_on - INTERVAL '1' MONTH
            END AS DATE
        ) AS first_on,
        last_on
    FROM reported
    UNION ALL
    SELECT
        'reference' AS comparison, period_type, period,
        CAST(
            make_date(
                CAST(extract(YEAR FROM first_on) AS INTEGER),
                CAST(extract(MONTH FROM first_on) AS INTEGER),
                1
            ) - INTERVAL '12' MONTH AS DATE
        ) AS first_on,
        last_on
    FROM reported
),

latest AS (
    SELECT CAST(max(last_received_at) AS DATE) AS last_on
    FROM source.partition
    WHERE entity = 'record' AND row_count > 0
),

tied AS (
    SELECT span.comparison, span.period_type, span.period, event.*
    FROM span
    CROSS JOIN latest
    JOIN event
        ON
            event.valid_from > span.first_on
            AND event.valid_from <= span.last_on
            AND event.valid_from <= latest.last_on
),

-- A class of a comparison, with the days on which it was last taken up and given up.
stated AS (
    SELECT
        comparison, period_type, period, category, subcategory,
        max(CASE WHEN is_taken THEN valid_from END) AS taken_on,
        max(CASE WHEN NOT is_taken THEN valid_from END) AS given_on
    FROM (
        SELECT comparison, period_type, period, category, subcategory, valid_from, TRUE AS is_taken
        FROM tied
        UNION ALL
        SELECT
            comparison, period_type, period, former_category AS category,
            former_subcategory AS subcategory,
            CASE WHEN is_replaced THEN valid_from END AS valid_from,
            FALSE AS is_taken
        FROM tied
    ) AS either
    GROUP BY comparison, period_type, period, category, subcategory
),

node AS (
    SELECT
        comparison, period_type, period, category, subcategory,
        category || '/' || subcategory AS class,
        given_on IS NULL OR coalesce(taken_on >= given_on, FALSE) AS is_used
    FROM stated
),

-- Which classes the changes tie to which, over one change, two, four, eight and sixteen. Ties are
-- mutual: two classes that reach a third reach each other.
reach_1 AS (
    SELECT
        comparison, period_type, period,
        former_category || '/' || former_subcategory AS class,
        category || '/' || subcategory AS other
    FROM tied
    UNION
    SELECT
        comparison, period_type, period,
        category || '/' || subcategory AS class,
        former_category || '/' || former_subcategory AS other
    FROM tied
    UNION
    SELECT comparison, period_type, period, class, class AS other
    FROM node
),

reach_2 AS (
    SELECT DISTINCT comparison, period_type, period, own.class, next.class AS other
    FROM reach_1 AS own
    JOIN reach_1 AS next USING (comparison, period_type, period, other)
),

reach_4 AS (
    SELECT DISTINCT comparison, period_type, period, own.class, next.class AS other
    FROM reach_2 AS own
    JOIN reach_2 AS next USING (comparison, period_type, period, other)
),

reach_8 AS (
    SELECT DISTINCT comparison, period_type, period, own.class, next.class AS other
    FROM reach_4 AS own
    JOIN reach_4 AS next USING (comparison, period_type, period, other)
),

reach_16 AS (
    SELECT DISTINCT comparison, period_type, period, own.class, next.class AS other
    FROM reach_8 AS own
    JOIN reach_8 AS next USING (comparison, period_type, period, other)
),

-- Classes that are tied have one kin: the first of their names.
kin AS (
    SELECT comparison, period_type, period, class, min(other) AS kin, count(*) AS class_count
    FROM reach_16
    GROUP BY comparison, period_type, period, class
),

placed AS (
    SELECT node.*, kin.kin
    FROM node
    JOIN kin
        ON
            kin.comparison = node.comparison
            AND kin.period_type = node.period_type
            AND kin.period = node.period
            AND kin.class = node.class
    WHERE kin.class_count > 1
),

-- The names of the two levels: used by one of the kin, or former.
named AS (
    SELECT
        comparison, period_type, period, kin, 'category' AS level, category AS name,
        bool_or(is_used) AS is_used
    FROM placed
    GROUP BY comparison, period_type, period, kin, category
    UNION ALL
    SELECT
        comparison, period_type, period, kin, 'subcategory' AS level, subcategory AS name,
        bool_or(is_used) AS is_used
    FROM placed
    GROUP BY comparison, period_type, period, kin, subcategory
),

ordered AS (
    SELECT
        named.*,
        row_number() OVER (
            PARTITION BY
                named.comparison, named.period_type, named.period, named.kin, named.level,
                named.is_used
            ORDER BY category.sort_order NULLS LAST, named.name
        ) AS place
    FROM named
    LEFT JOIN ref.category AS category
        ON named.level = 'category' AND category.category = named.name
),

-- Nine names at most, for engines have no shared syntax for a string of many in order.
listed AS (
    SELECT
        comparison, period_type, period, kin, level, is_used,
        max(CASE WHEN place = 1 THEN name END)
        || coalesce('、' || max(CASE WHEN place = 2 THEN name END), '')
        || coalesce('、' || max(CASE WHEN place = 3 THEN name END), '')
        || coalesce('、' || max(CASE WHEN place = 4 THEN name END), '')
        || coalesce('、' || max(CASE WHEN place = 5 THEN name END), '')
        || coalesce('、' || max(CASE WHEN place = 6 THEN name END), '')
        || coalesce('、' || max(CASE WHEN place = 7 THEN name END), '')
        || coalesce('、' || max(CASE WHEN place = 8 THEN name END), '')
        || coalesce('、' || max(CASE WHEN place = 9 THEN name END), '')
        || CASE WHEN max(place) > 9 THEN '等' ELSE '' END AS names
    FROM ordered
    GROUP BY comparison, period_type, period, kin, level, is_used
),

label AS (
    SELECT
        comparison, period_type, period, kin, level,
        max(CASE WHEN is_used THEN names END) AS used_name,
        max(CASE WHEN NOT is_used THEN names END) AS former_name
    FROM listed
    GROUP BY comparison, period_type, period, kin, level
),

used AS (
    SELECT
        comparison, period_type, period, kin,
        sum(CASE WHEN is_used THEN 1 ELSE 0 END) > 1 AS is_union
    FROM placed
    GROUP BY comparison, period_type, period, kin
)

SELECT
    comparison,
    period_type,
    period,
    placed.category,
    placed.subcategory,
    CASE
        WHEN used.is_union AND category.former_name IS NOT NULL
            THEN category.used_name || '（原' || category.former_name || '）'
        ELSE category.used_name
    END AS compared_category,
    CASE
        WHEN used.is_union AND subcategory.former_name IS NOT NULL
            THEN subcategory.used_name || '（原' || subcategory.former_name || '）'
        ELSE subcategory.used_name
    END AS compared_subcategory,
    used.is_union
FROM placed
JOIN used USING (comparison, period_type, period, kin)
JOIN label AS category USING (comparison, period_type, period, kin)
JOIN label AS subcategory USING (comparison, period_type, period, kin)
WHERE category.level = 'category' AND subcategory.level = 'subcategory'
