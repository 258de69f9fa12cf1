-- One row: a way of handling within a category. Key: year, category, rank.
-- What categories are compared as, where they are together (metric.class_compared), is in t15.
WITH united AS (
    SELECT DISTINCT period, compared_category AS category
    FROM metric.class_compared
    WHERE is_union AND comparison = 'before' AND period_type = 'year' AND subcategory = '*'
),

printed AS (
    SELECT
        figure.period,
        figure.category,
        figure.handling,
        coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'record_count'), 0)
            AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_record_count') AS growth_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'handling_share') AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'handling_share')
            AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'handling_share') AS handling_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    LEFT JOIN united ON united.period = figure.period AND united.category = figure.category
    WHERE
        united.category IS NULL
        AND figure.period_type = 'year'
        AND figure.cut = 'category handling'
        AND figure.metric IN ('record_count', 'handling_share', 'growth_record_count')
    GROUP BY figure.period, figure.category, figure.handling
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
    row_number() OVER (
        PARTITION BY printed.period, printed.category
        ORDER BY
            CASE WHEN printed.handling = '?' THEN 1 ELSE 0 END,
            printed.record_count DESC,
            printed.handling
    ) AS rank,
    printed.handling,
    printed.record_count,
    printed.growth_rate,
    printed.share_numerator,
    printed.share_denominator,
    printed.handling_share,
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
    rank
