-- One row: a category of a year, in the order in which yearly tables list categories. Key: year,
-- category.
-- By all its records, as in annual.t15_category; `?` comes last.
SELECT
    year,
    category,
    record_count,
    row_number() OVER (PARTITION BY year ORDER BY category = '?', record_count DESC, category)
        AS category_order
FROM metric.section_count
WHERE counted = 'record_count' AND period_type = 'year' AND cut = 'category'
