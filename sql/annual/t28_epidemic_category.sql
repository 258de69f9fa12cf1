-- One row: a category's records that concern the epidemic. Key: year, rank.
-- epidemic_share is of the category's own records.
WITH printed AS (
    SELECT
        figure.period,
        figure.category,
        max(figure.numerator) FILTER (WHERE figure.metric = 'record_count') AS record_count,
        max(figure.denominator) FILTER (WHERE figure.metric = 'epidemic_share') AS total_count,
        max(figure.value) FILTER (WHERE figure.metric = 'epidemic_share') AS epidemic_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category epidemic'
        AND figure.epidemic = '是'
        AND figure.metric IN ('record_count', 'epidemic_share')
    GROUP BY figure.period, figure.category
)

SELECT
    loaded.year,
    row_number() OVER (
        PARTITION BY printed.period
        ORDER BY
            CASE WHEN printed.category = '?' THEN 1 ELSE 0 END,
            printed.record_count DESC,
            printed.category
    ) AS rank,
    printed.category,
    printed.record_count,
    printed.total_count,
    printed.epidemic_share,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
ORDER BY loaded.year, rank
