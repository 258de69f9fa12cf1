-- One row: one of the ten leading categories of a record type, or the rest.
-- Key: year, record_type, rank.
-- What is not among the first ten stands as 其他 in the last rank, so that the list sums to its
-- total (one that is itself named 其他 keeps its own rank).
WITH member AS (
    SELECT
        figure.period,
        figure.record_type,
        figure.category,
        coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'record_count'), 0)
            AS record_count,
        max(figure.numerator) FILTER (WHERE figure.metric = 'type_category_share')
            AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'type_category_share')
            AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'type_category_share')
            AS type_category_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'record_type category'
        AND figure.metric IN ('record_count', 'type_category_share')
    GROUP BY figure.period, figure.record_type, figure.category
),

ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY period, record_type
            ORDER BY
                CASE WHEN category = '?' THEN 1 ELSE 0 END,
                record_count DESC,
                category
        ) AS member_rank
    FROM member
),

printed AS (
    SELECT
        period,
        record_type,
        least(member_rank, 11) AS rank,
        CASE WHEN member_rank <= 10 THEN category ELSE '其他' END AS category,
        CAST(sum(record_count) AS BIGINT) AS record_count,
        CAST(sum(share_numerator) AS BIGINT) AS share_numerator,
        max(share_denominator) AS share_denominator,
        CAST(sum(type_category_share) AS DECIMAL(18, 8)) AS type_category_share
    FROM ranked
    GROUP BY
        period,
        record_type,
        least(member_rank, 11),
        CASE WHEN member_rank <= 10 THEN category ELSE '其他' END
)

SELECT
    loaded.year,
    printed.record_type,
    printed.rank,
    printed.category,
    printed.record_count,
    printed.share_numerator,
    printed.share_denominator,
    printed.type_category_share,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
LEFT JOIN ref.member AS known
    ON known.dimension = 'record_type' AND known.member = printed.record_type
ORDER BY
    loaded.year,
    CASE WHEN printed.record_type = '?' THEN 1 ELSE 0 END,
    known.sort_order NULLS LAST,
    printed.record_type,
    printed.rank
