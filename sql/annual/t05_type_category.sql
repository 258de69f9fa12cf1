-- One row: one of the ten leading categories of a record type, or the rest.
-- Key: year, record_type, rank.
-- What is not among the first ten is 其他 in the last rank, so that the list sums to its
-- total (one that is itself named 其他 keeps its own rank).
WITH ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY year, record_type ORDER BY category = '?', record_count DESC, category
        ) AS member_rank
    FROM metric.section_count
    WHERE
        counted = 'record_count'
        AND period_type = 'year'
        AND cut = 'record_type category'
        AND record_count > 0
),

printed AS (
    SELECT
        year,
        record_type,
        least(member_rank, 11) AS rank,
        CASE WHEN member_rank <= 10 THEN category ELSE '其他' END AS category,
        CAST(sum(record_count) AS BIGINT) AS record_count,
        CAST(sum(share_numerator) AS BIGINT) AS share_numerator,
        max(share_denominator) AS share_denominator,
        CAST(sum(share) AS DECIMAL(18, 8)) AS type_category_share,
        bool_or(is_partial) AS is_partial
    FROM ranked
    GROUP BY year, record_type, 3, 4
)

SELECT printed.*
FROM printed
LEFT JOIN ref.member AS known
    ON known.dimension = 'record_type' AND known.member = printed.record_type
ORDER BY
    printed.year,
    printed.record_type = '?',
    known.sort_order NULLS LAST,
    printed.record_type,
    printed.rank
