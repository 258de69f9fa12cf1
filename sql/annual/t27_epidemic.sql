-- One row: the records that do, or do not, concern the epidemic. Key: year, epidemic.
-- Rates are of the flag's own call-backs. A dump without the flag has no rows here.
WITH printed AS (
    SELECT
        figure.period,
        figure.epidemic,
        max(figure.numerator) FILTER (WHERE figure.metric = 'record_count') AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_record_count') AS growth_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'epidemic_share') AS epidemic_share,
        max(figure.denominator) FILTER (WHERE figure.metric = 'response_rate')
            AS called_back_count,
        max(figure.value) FILTER (WHERE figure.metric = 'response_rate') AS response_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_rate
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'epidemic'
        AND figure.epidemic <> '?'
        AND figure.metric IN (
            'record_count', 'growth_record_count', 'epidemic_share', 'response_rate',
            'resolution_rate', 'satisfaction_rate'
        )
    GROUP BY figure.period, figure.epidemic
),

handled AS (
    SELECT
        figure.period,
        figure.epidemic,
        max(figure.numerator) FILTER (WHERE figure.metric = 'record_count') AS direct_count,
        max(figure.value) FILTER (WHERE figure.metric = 'handling_share') AS direct_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'handling epidemic'
        AND figure.handling = '直接解答'
        AND figure.metric IN ('record_count', 'handling_share')
    GROUP BY figure.period, figure.epidemic
)

SELECT
    loaded.year,
    printed.epidemic,
    coalesce(printed.record_count, 0) AS record_count,
    printed.growth_rate,
    printed.epidemic_share,
    handled.direct_count,
    handled.direct_share,
    printed.called_back_count,
    printed.response_rate,
    printed.resolution_rate,
    printed.satisfaction_rate,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
LEFT JOIN handled ON handled.period = printed.period AND handled.epidemic = printed.epidemic
ORDER BY loaded.year, CASE printed.epidemic WHEN '是' THEN 0 ELSE 1 END
