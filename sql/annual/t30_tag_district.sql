-- One row: the three rates of a district and its streets on one tag. Key: year, tag, rank.
-- Ranked by resolution, ties by volume. Tags stand by volume, those of nobody (`?`) are left out.
WITH printed AS (
    SELECT
        figure.period,
        figure.tag,
        figure.district,
        max(figure.denominator) FILTER (WHERE figure.metric = 'response_rate')
            AS called_back_count,
        max(figure.value) FILTER (WHERE figure.metric = 'response_rate') AS response_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_rate
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'district tag'
        AND figure.tag <> '?'
        AND figure.district <> '?'
        AND figure.metric IN ('response_rate', 'resolution_rate', 'satisfaction_rate')
    GROUP BY figure.period, figure.tag, figure.district
),

volume AS (
    SELECT
        figure.period,
        figure.tag,
        max(figure.numerator) AS record_count
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE figure.period_type = 'year' AND figure.cut = 'tag' AND figure.metric = 'record_count'
    GROUP BY figure.period, figure.tag
)

SELECT
    loaded.year,
    printed.tag,
    row_number() OVER (
        PARTITION BY printed.period, printed.tag
        ORDER BY
            printed.resolution_rate DESC,
            printed.called_back_count DESC,
            printed.district
    ) AS rank,
    printed.district,
    printed.called_back_count,
    printed.response_rate,
    printed.resolution_rate,
    printed.satisfaction_rate,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
LEFT JOIN volume ON volume.period = printed.period AND volume.tag = printed.tag
ORDER BY loaded.year, coalesce(volume.record_count, 0) DESC, printed.tag, rank
