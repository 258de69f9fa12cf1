-- One row: a tag of the seven provisions and five qualities, with its rates. Key: year, rank.
-- Ranked by volume; records without a tag (`?`) stand last. Rates are of the dispatched records.
WITH printed AS (
    SELECT
        figure.period,
        figure.tag,
        max(figure.numerator) FILTER (WHERE figure.metric = 'record_count') AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_record_count') AS growth_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'tag_share') AS tag_share,
        max(figure.denominator) FILTER (WHERE figure.metric = 'response_rate')
            AS called_back_count,
        max(figure.value) FILTER (WHERE figure.metric = 'response_rate') AS response_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_rate
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'tag'
        AND figure.metric IN (
            'record_count', 'growth_record_count', 'tag_share', 'response_rate',
            'resolution_rate', 'satisfaction_rate'
        )
    GROUP BY figure.period, figure.tag
),

-- A dump without the column has one tag, the unknown: that is no table.
known AS (
    SELECT period
    FROM printed
    WHERE tag <> '?'
    GROUP BY period
)

SELECT
    loaded.year,
    row_number() OVER (
        PARTITION BY printed.period
        ORDER BY
            CASE WHEN printed.tag = '?' THEN 1 ELSE 0 END,
            coalesce(printed.record_count, 0) DESC,
            printed.tag
    ) AS rank,
    printed.tag,
    coalesce(printed.record_count, 0) AS record_count,
    printed.growth_rate,
    printed.tag_share,
    printed.called_back_count,
    printed.response_rate,
    printed.resolution_rate,
    printed.satisfaction_rate,
    loaded.is_partial
FROM printed
JOIN known ON known.period = printed.period
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
ORDER BY loaded.year, rank
