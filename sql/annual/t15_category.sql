-- One row: a category of a year. Key: year, rank.
-- All categories are here, `?` last, so that the list sums to the total. A category that is gone
-- this year stays with 0 and its fall. Categories that are compared together (metric.class_compared) have
-- no growth of their own; that of all comes last, without a count: B、C（原A）.
WITH united AS (
    SELECT DISTINCT period, compared_category AS category, TRUE AS is_united
    FROM metric.class_compared
    WHERE is_union AND comparison = 'before' AND period_type = 'year' AND subcategory = '*'
),

printed AS (
    SELECT
        counted.*,
        united.is_united IS NOT NULL AS is_union
    FROM metric.section_count AS counted
    LEFT JOIN united ON united.period = counted.period AND united.category = counted.category
    WHERE counted.counted = 'record_count' AND counted.period_type = 'year' AND counted.cut = 'category'
)

SELECT
    year,
    row_number() OVER (
        PARTITION BY year
        ORDER BY is_union, category = '?', record_count DESC, category
    ) AS rank,
    category,
    CASE WHEN NOT is_union THEN record_count END AS record_count,
    growth_rate,
    share_numerator,
    share_denominator,
    share AS category_share,
    is_partial
FROM printed
ORDER BY year, rank
