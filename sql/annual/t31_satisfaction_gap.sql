-- One row: one of the largest categories, its satisfaction against its resolution.
-- Key: year, convention, rank.
-- How many categories is a rule (top_category_count). The gap is satisfaction less resolution.
WITH printed AS (
    SELECT
        figure.period,
        figure.convention,
        figure.category,
        max(figure.denominator) FILTER (WHERE figure.metric = 'resolution_rate')
            AS called_back_count,
        max(figure.value) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'satisfaction_gap') AS satisfaction_gap
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category'
        AND figure.category <> '?'
        AND figure.metric IN ('resolution_rate', 'satisfaction_rate', 'satisfaction_gap')
    GROUP BY figure.period, figure.convention, figure.category
),

volume AS (
    SELECT
        figure.period,
        figure.category,
        max(figure.numerator) AS record_count,
        row_number() OVER (
            PARTITION BY figure.period
            ORDER BY max(figure.numerator) DESC, figure.category
        ) AS volume_rank
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category'
        AND figure.category <> '?'
        AND figure.metric = 'record_count'
    GROUP BY figure.period, figure.category
)

SELECT
    loaded.year,
    printed.convention,
    volume.volume_rank AS rank,
    printed.category,
    volume.record_count,
    printed.called_back_count,
    printed.resolution_rate,
    printed.satisfaction_rate,
    printed.satisfaction_gap,
    loaded.is_partial
FROM printed
JOIN volume ON volume.period = printed.period AND volume.category = printed.category
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
CROSS JOIN ref.report_rule AS rule
WHERE
    rule.rule = 'top_category_count'
    AND volume.volume_rank <= CAST(rule.value AS BIGINT)
ORDER BY loaded.year, printed.convention, rank
