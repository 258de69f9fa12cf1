-- One row: one of the ten leading categories of a region's districts, or the rest.
-- Key: year, region, rank.
-- What is not among the first ten stands as 其他 in the last rank, so that the list sums to its
-- total (one that is itself named 其他 keeps its own rank).
WITH member AS (
    SELECT
        figure.period,
        figure.region,
        figure.category,
        coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'district_handled_count'), 0)
            AS record_count
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category region'
        AND figure.metric IN ('district_handled_count')
    GROUP BY figure.period, figure.region, figure.category
),

ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY period, region
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
        region,
        least(member_rank, 11) AS rank,
        CASE WHEN member_rank <= 10 THEN category ELSE '其他' END AS category,
        CAST(sum(record_count) AS BIGINT) AS record_count
    FROM ranked
    GROUP BY
        period,
        region,
        least(member_rank, 11),
        CASE WHEN member_rank <= 10 THEN category ELSE '其他' END
),

-- Regions stand in their order of t09, by all that their districts handled, `?` last: those of
-- ref.district have no order of their own, and that of their first districts would mislead.
volume AS (
    SELECT
        period,
        region,
        sum(record_count) AS record_count
    FROM member
    GROUP BY period, region
)

SELECT
    loaded.year,
    printed.region,
    printed.rank,
    printed.category,
    printed.record_count,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
JOIN volume ON volume.period = printed.period AND volume.region = printed.region
ORDER BY
    loaded.year,
    CASE WHEN printed.region = '?' THEN 1 ELSE 0 END,
    volume.record_count DESC,
    printed.region,
    printed.rank
