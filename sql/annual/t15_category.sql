-- One row: a category of a year. Key: year, rank.
-- All categories stand here, `?` last, so that the list sums to the total. A category that is gone
-- this year stays with 0 and its fall. Categories that are compared together (metric.class_compared) have
-- no growth of their own; that of all stands last, without a count: B、C（原A）.
WITH united AS (
    SELECT DISTINCT period, compared_category AS category
    FROM metric.class_compared
    WHERE is_union AND comparison = 'before' AND period_type = 'year' AND subcategory = '*'
),

printed AS (
    SELECT
        figure.period,
        figure.category,
        united.category IS NOT NULL AS is_union,
        CASE
            WHEN united.category IS NULL
                THEN coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'record_count'), 0)
        END AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_record_count') AS growth_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'category_share') AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'category_share')
            AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'category_share') AS category_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    LEFT JOIN united ON united.period = figure.period AND united.category = figure.category
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category'
        AND figure.metric IN ('record_count', 'category_share', 'growth_record_count')
    GROUP BY figure.period, figure.category, united.category
)

SELECT
    loaded.year,
    row_number() OVER (
        PARTITION BY printed.period
        ORDER BY
            CASE WHEN printed.is_union THEN 2 WHEN printed.category = '?' THEN 1 ELSE 0 END,
            printed.record_count DESC,
            printed.category
    ) AS rank,
    printed.category,
    printed.record_count,
    printed.growth_rate,
    printed.share_numerator,
    printed.share_denominator,
    printed.category_share,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
ORDER BY loaded.year, rank
