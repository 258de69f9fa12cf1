-- One row: a type of unit within a category's dispatched records. Key: year, category, rank.
WITH printed AS (
    SELECT
        figure.period,
        figure.category,
        figure.unit_type,
        coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'record_count'), 0)
            AS record_count,
        max(figure.numerator) FILTER (WHERE figure.metric = 'unit_type_share') AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'unit_type_share')
            AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'unit_type_share') AS unit_type_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category unit_type'
        AND figure.metric IN ('record_count', 'unit_type_share')
    GROUP BY figure.period, figure.category, figure.unit_type
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
            CASE WHEN printed.unit_type = '?' THEN 1 ELSE 0 END,
            printed.record_count DESC,
            printed.unit_type
    ) AS rank,
    printed.unit_type,
    printed.record_count,
    printed.share_numerator,
    printed.share_denominator,
    printed.unit_type_share,
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
