-- One row: the rates of a subcategory, the year's matters by how far they were resolved.
-- Key: year, convention, rank.
-- Ranked by resolution, ties by volume; one with fewer call-backs than rank_min_n is left out.
WITH printed AS (
    SELECT
        figure.period,
        figure.convention,
        figure.category,
        figure.subcategory,
        max(figure.numerator) FILTER (WHERE figure.metric = 'resolution_rate')
            AS resolution_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'resolution_rate')
            AS resolution_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_rate
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category subcategory'
        AND figure.metric IN ('resolution_rate', 'satisfaction_rate')
    GROUP BY figure.period, figure.convention, figure.category, figure.subcategory
)

SELECT
    loaded.year,
    printed.convention,
    row_number() OVER (
        PARTITION BY printed.period, printed.convention
        ORDER BY
            printed.resolution_rate DESC,
            printed.resolution_denominator DESC,
            printed.category,
            printed.subcategory
    ) AS rank,
    printed.category,
    printed.subcategory,
    printed.resolution_numerator,
    printed.resolution_denominator,
    printed.resolution_rate,
    printed.satisfaction_rate,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
CROSS JOIN ref.report_rule AS rule
WHERE
    rule.rule = 'rank_min_n'
    AND printed.subcategory <> '?'
    AND printed.resolution_denominator >= CAST(rule.value AS BIGINT)
ORDER BY loaded.year, printed.convention, rank
