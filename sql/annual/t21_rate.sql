-- One row: the three rates of the whole city (合计, pooled) or of a type of unit.
-- Key: year, convention, rank.
-- Ranked by resolution, ties by volume. The rates of the year before are of the same months and the
-- same convention. A dump without call-backs has no rows here.
WITH printed AS (
    SELECT
        figure.period,
        figure.convention,
        CASE WHEN figure.unit_type = '*' THEN '合计' ELSE figure.unit_type END AS unit_type,
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
            AS satisfaction_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'before_response_rate')
            AS before_response_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'before_resolution_rate')
            AS before_resolution_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'before_satisfaction_rate')
            AS before_satisfaction_rate
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut IN ('total', 'unit_type')
        AND figure.metric IN (
            'response_rate', 'resolution_rate', 'satisfaction_rate',
            'before_response_rate', 'before_resolution_rate', 'before_satisfaction_rate'
        )
    GROUP BY figure.period, figure.convention, figure.unit_type
)

SELECT
    loaded.year,
    printed.convention,
    row_number() OVER (
        PARTITION BY printed.period, printed.convention
        ORDER BY
            CASE printed.unit_type WHEN '合计' THEN 0 ELSE 1 END,
            printed.resolution_rate DESC,
            printed.response_denominator DESC,
            printed.unit_type
    ) AS rank,
    printed.unit_type,
    printed.response_numerator,
    printed.response_denominator,
    printed.response_rate,
    printed.resolution_numerator,
    printed.resolution_denominator,
    printed.resolution_rate,
    printed.satisfaction_numerator,
    printed.satisfaction_denominator,
    printed.satisfaction_rate,
    printed.before_response_rate,
    printed.before_resolution_rate,
    printed.before_satisfaction_rate,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
WHERE printed.response_denominator > 0
ORDER BY loaded.year, printed.convention, rank
