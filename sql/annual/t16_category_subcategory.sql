-- One row: one of the five leading subcategories of a category, or the rest.
-- Key: year, category, rank.
-- What is not among the first five stands as 其他 in the last rank, so that the list sums to its
-- total (one that is itself named 其他 keeps its own rank).
WITH member AS (
    SELECT
        figure.period,
        figure.category,
        figure.subcategory,
        coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'record_count'), 0)
            AS record_count,
        max(figure.numerator) FILTER (WHERE figure.metric = 'subcategory_share')
            AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'subcategory_share')
            AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'subcategory_share') AS subcategory_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category subcategory'
        AND figure.metric IN ('record_count', 'subcategory_share')
    GROUP BY figure.period, figure.category, figure.subcategory
),

ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY period, category
            ORDER BY
                CASE WHEN subcategory = '?' THEN 1 ELSE 0 END,
                record_count DESC,
                subcategory
        ) AS member_rank
    FROM member
),

printed AS (
    SELECT
        period,
        category,
        least(member_rank, 6) AS rank,
        CASE WHEN member_rank <= 5 THEN subcategory ELSE '其他' END AS subcategory,
        CAST(sum(record_count) AS BIGINT) AS record_count,
        CAST(sum(share_numerator) AS BIGINT) AS share_numerator,
        max(share_denominator) AS share_denominator,
        CAST(sum(subcategory_share) AS DECIMAL(18, 8)) AS subcategory_share
    FROM ranked
    GROUP BY
        period,
        category,
        least(member_rank, 6),
        CASE WHEN member_rank <= 5 THEN subcategory ELSE '其他' END
),

-- Categories stand in their order of t15: by all their records of the year, `?` last.
volume AS (
    SELECT
        figure.period,
        figure.category,
        max(figure.numerator) AS record_count
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category'
        AND figure.metric = 'record_count'
    GROUP BY figure.period, figure.category
)

SELECT
    loaded.year,
    printed.category,
    printed.rank,
    printed.subcategory,
    printed.record_count,
    printed.share_numerator,
    printed.share_denominator,
    printed.subcategory_share,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
LEFT JOIN volume
    ON volume.period = printed.period AND volume.category = printed.category
ORDER BY
    loaded.year,
    CASE WHEN printed.category = '?' THEN 1 ELSE 0 END,
    coalesce(volume.record_count, 0) DESC,
    printed.category,
    printed.rank
