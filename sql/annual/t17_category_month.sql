-- One row: a category (subcategory 合计) or subcategory in a loaded month.
-- Key: year, category, subcategory, month.
-- A month without records of the category is 0: every category has every loaded month.
-- is_month_partial: records of some of the month's days are missing.
WITH counted AS (
    SELECT *
    FROM metric.section_count
    WHERE
        counted = 'record_count'
        AND period_type = 'month'
        AND cut IN ('category', 'category subcategory')
),

member AS (
    SELECT year, category, subcategory, max(counted.year_count) AS year_count
    FROM counted
    GROUP BY year, category, subcategory
    HAVING max(counted.year_count) > 0
)

SELECT
    year,
    category,
    CASE WHEN subcategory = '*' THEN '合计' ELSE subcategory END AS subcategory,
    month.month,
    coalesce(counted.record_count, 0) AS record_count,
    counted.growth_rate,
    coalesce(counted.record_count, 0) AS share_numerator,
    member.year_count AS share_denominator,
    coalesce(counted.month_share, 0) AS month_share,
    month.is_partial AS is_month_partial,
    loaded.is_partial
FROM member
JOIN metric.period AS month USING (year)
JOIN metric.loaded_year AS loaded USING (year)
LEFT JOIN counted USING (year, period, category, subcategory)
LEFT JOIN metric.category_order AS listed USING (year, category)
LEFT JOIN ref.subcategory AS known USING (category, subcategory)
WHERE month.period_type = 'month'
ORDER BY
    year,
    listed.category_order,
    category,
    CASE subcategory WHEN '*' THEN 0 WHEN '?' THEN 2 ELSE 1 END,
    known.sort_order NULLS LAST,
    subcategory,
    month.month
