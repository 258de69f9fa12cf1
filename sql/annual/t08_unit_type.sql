-- One row: a type of unit and what it handled. Key: year, rank.
-- Shares are of all dispatched records, those of units in no register (`?`) included.
WITH printed AS (
    SELECT
        figure.period,
        figure.unit_type,
        coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'record_count'), 0)
            AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_record_count') AS growth_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'unit_type_share') AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'unit_type_share')
            AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'unit_type_share') AS unit_type_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'unit_type'
        AND figure.metric IN ('record_count', 'unit_type_share', 'growth_record_count')
    GROUP BY figure.period, figure.unit_type
)

SELECT
    loaded.year,
    row_number() OVER (
        PARTITION BY printed.period
        ORDER BY
            CASE WHEN printed.unit_type = '?' THEN 1 ELSE 0 END,
            printed.record_count DESC,
            printed.unit_type
    ) AS rank,
    printed.unit_type,
    printed.record_count,
    printed.growth_rate,
    printed.share_numerator,
    printed.share_denominator,
    printed.unit_type_share,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
ORDER BY loaded.year, rank
