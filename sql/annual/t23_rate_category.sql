-- One row: the three rates of a category. Key: year, convention, rank.
-- Ranked by resolution, ties by volume. A dump without call-backs has no rows here.
WITH printed AS (
    SELECT
        figure.period,
        figure.convention,
        figure.category,
        max(figure.numerator) FILTER (WHERE figure.metric = 'response_rate')
            AS response_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'response_rate')
            AS response_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'response_rate')
            AS response_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'resolution_rate')
            AS resolution_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'resolution_rate')
            AS resolution_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'resolution_rate')
            AS resolution_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'satisfaction_rate')
            AS satisfaction_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'satisfaction_rate')
            AS satisfaction_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'satisfaction_rate')
            AS satisfaction_rate
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category'
        AND figure.metric IN ('response_rate', 'resolution_rate', 'satisfaction_rate')
    GROUP BY figure.period, figure.convention, figure.category
)

SELECT
    loaded.year,
    printed.convention,
    row_number() OVER (
        PARTITION BY printed.period, printed.convention
        ORDER BY
            printed.resolution_rate DESC,
            printed.response_denominator DESC,
            printed.category
    ) AS rank,
    printed.category,
    printed.response_numerator,
    printed.response_denominator,
    printed.response_rate,
    printed.resolution_numerator,
    printed.resolution_denominator,
    printed.resolution_rate,
    printed.satisfaction_numerator,
    printed.satisfaction_denominator,
    printed.satisfaction_rate,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
ORDER BY loaded.year, printed.convention, rank
