-- One row: a way of handling within a category. Key: year, category, rank.
-- What categories are compared as, where they are together (metric.class_compared), is in t15.
WITH united AS (
    SELECT DISTINCT period, compared_category AS category
    FROM metric.class_compared
    WHERE is_union AND comparison = 'before' AND period_type = 'year' AND subcategory = '*'
)

SELECT
    counted.year,
    counted.category,
    row_number() OVER (
        PARTITION BY counted.year, counted.category
        ORDER BY counted.handling = '?', counted.record_count DESC, counted.handling
    ) AS rank,
    counted.handling,
    counted.record_count,
    counted.growth_rate,
    counted.share_numerator,
    counted.share_denominator,
    counted.share AS handling_share,
    counted.is_partial
FROM metric.section_count AS counted
LEFT JOIN united ON united.period = counted.period AND united.category = counted.category
LEFT JOIN metric.category_order AS listed
    ON listed.year = counted.year AND listed.category = counted.category
WHERE
    counted.counted = 'record_count'
    AND counted.period_type = 'year'
    AND counted.cut = 'category handling'
    AND united.category IS NULL
ORDER BY counted.year, listed.category_order, counted.category, rank
