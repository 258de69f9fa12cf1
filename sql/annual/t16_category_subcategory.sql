-- One row: one of the five leading subcategories of a category, or the rest.
-- Key: year, category, rank.
-- What is not among the first five is 其他 in the last rank, so that the list sums to its
-- total (one that is itself named 其他 keeps its own rank).
WITH ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY year, category
            ORDER BY subcategory = '?', record_count DESC, subcategory
        ) AS member_rank
    FROM metric.section_count
    WHERE
        counted = 'record_count'
        AND period_type = 'year'
        AND cut = 'category subcategory'
        AND record_count > 0
),

printed AS (
    SELECT
        year,
        category,
        least(member_rank, 6) AS rank,
        CASE WHEN member_rank <= 5 THEN subcategory ELSE '其他' END AS subcategory,
        CAST(sum(record_count) AS BIGINT) AS record_count,
        CAST(sum(share_numerator) AS BIGINT) AS share_numerator,
        max(share_denominator) AS share_denominator,
        CAST(sum(share) AS DECIMAL(18, 8)) AS subcategory_share,
        bool_or(is_partial) AS is_partial
    FROM ranked
    GROUP BY year, category, 3, 4
)

SELECT printed.*
FROM printed
LEFT JOIN metric.category_order AS listed
    ON
        listed.year = printed.year
        AND listed.category = printed.category
ORDER BY printed.year, listed.category_order, printed.category, printed.rank
