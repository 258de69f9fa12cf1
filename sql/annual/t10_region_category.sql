-- One row: one of the ten leading categories of a region's districts, or the rest.
-- Key: year, region, rank.
-- What is not among the first ten is 其他 in the last rank, so that the list sums to its
-- total (one that is itself named 其他 keeps its own rank).
-- Regions are in their order of t09, by all that their districts handled, `?` last: those of
-- ref.district have no order of their own, and that of their first districts would mislead.
WITH ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY year, region ORDER BY category = '?', record_count DESC, category
        ) AS member_rank,
        sum(record_count) OVER (PARTITION BY year, region) AS region_count
    FROM metric.section_count
    WHERE
        counted = 'district_handled_count' AND period_type = 'year' AND cut = 'category region'
),

printed AS (
    SELECT
        year,
        region,
        least(member_rank, 11) AS rank,
        CASE WHEN member_rank <= 10 THEN category ELSE '其他' END AS category,
        CAST(sum(record_count) AS BIGINT) AS record_count,
        bool_or(is_partial) AS is_partial,
        max(region_count) AS region_count
    FROM ranked
    GROUP BY year, region, 3, 4
)

SELECT year, region, rank, category, record_count, is_partial
FROM printed
ORDER BY year, region = '?', region_count DESC, region, rank
