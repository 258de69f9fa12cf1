-- One row: a category, subcategory or topic of a month, quarter or assessment month that its reference
-- period had no record of. Key: scope, period_type, period, cut, category, subcategory, topic.
-- The reference period is that of words (metric.hot_word): the twelve calendar months before the one in
-- which the period begins, and of that month the days before the period. Without any of the
-- twelve nothing is new; a month counts among them (reference_month_count) where it has the level
-- (a dump may lack topics), for what it has no column for is not absent from it. A class that was renamed,
-- split off or merged in these months (metric.class_compared) was there under its former name.
WITH half AS (
    SELECT
        day.year * 12 + day.month AS month_index,
        2 * (day.year * 12 + day.month)
        + CASE WHEN extract(DAY FROM day.received_on) < assessment.first_day_of_month THEN 0 ELSE 1 END
            AS half_index,
        scope.scope,
        day.category, day.subcategory, day.topic
    FROM metric.shown_day_count AS day
    CROSS JOIN ref.assessment_month AS assessment
    JOIN metric.scope AS scope ON scope.year = day.year AND scope.scope_tier = day.scope_tier
    JOIN ref.scope_use AS used ON used.scope = scope.scope AND used.purpose = 'section'
    WHERE day.district = '*'
),

held AS (
    SELECT DISTINCT
        'category' AS cut, month_index, half_index, scope, category, '*' AS subcategory, '*' AS topic
    FROM half
    WHERE category NOT IN ('?', '未登记')
    UNION ALL
    SELECT DISTINCT
        'category subcategory' AS cut, month_index, half_index, scope, category, subcategory,
        '*' AS topic
    FROM half
    WHERE subcategory NOT IN ('?', '未登记')
    UNION ALL
    SELECT DISTINCT
        'category subcategory topic' AS cut, month_index, half_index, scope, category, subcategory,
        topic
    FROM half
    WHERE topic NOT IN ('?', '未登记')
),

span AS (
    SELECT
        period_type,
        period,
        min(part_year * 12 + part_month) AS first_month_index,
        min(2 * (part_year * 12 + part_month) + month_part - 1) AS first_half_index,
        max(2 * (part_year * 12 + part_month) + month_part - 1) AS last_half_index
    FROM metric.period_part
    WHERE period_type <> 'year'
    GROUP BY period_type, period
),

reference AS (
    SELECT
        span.period_type,
        span.period,
        held.scope,
        held.cut,
        count(DISTINCT held.month_index) AS reference_month_count
    FROM span
    JOIN held
        ON
            held.month_index >= span.first_month_index - 12
            AND held.month_index < span.first_month_index
    GROUP BY span.period_type, span.period, held.scope, held.cut
),

seen AS (
    SELECT
        span.period_type,
        span.period,
        held.scope,
        held.cut,
        held.category,
        held.subcategory,
        held.topic,
        bool_or(held.half_index >= span.first_half_index) AS is_now,
        bool_or(held.half_index < span.first_half_index) AS is_before
    FROM span
    JOIN held
        ON
            held.month_index >= span.first_month_index - 12
            AND held.half_index <= span.last_half_index
    GROUP BY
        span.period_type, span.period, held.scope, held.cut, held.category, held.subcategory, held.topic
),

-- The classes that changes tie together were there before where one of them was.
tied AS (
    SELECT
        seen.*,
        bool_or(seen.is_before) OVER (
            PARTITION BY
                seen.scope, seen.period_type, seen.period, seen.cut,
                coalesce(class.compared_category, seen.category),
                coalesce(class.compared_subcategory, seen.subcategory),
                seen.topic
        ) AS was_before
    FROM seen
    LEFT JOIN metric.class_compared AS class
        ON
            class.comparison = 'reference'
            AND class.period_type = seen.period_type
            AND class.period = seen.period
            AND class.category = seen.category
            AND class.subcategory = seen.subcategory
)

SELECT
    seen.scope,
    seen.period_type,
    seen.period,
    seen.cut,
    seen.category,
    seen.subcategory,
    seen.topic,
    reference.reference_month_count
FROM tied AS seen
JOIN reference
    ON
        reference.scope = seen.scope
        AND reference.period_type = seen.period_type
        AND reference.period = seen.period
        AND reference.cut = seen.cut
WHERE seen.is_now AND NOT seen.was_before
