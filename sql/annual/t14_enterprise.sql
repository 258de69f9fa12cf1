-- One row: an enterprise (state-owned or e-commerce) and what it handled.
-- Key: year, unit_type, rank.
WITH printed AS (
    SELECT
        figure.period,
        figure.unit_type,
        figure.unit,
        coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'record_count'), 0)
            AS record_count
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'unit_type unit'
        AND figure.metric IN ('record_count')
        AND figure.unit_type IN ('国有企业', '电商企业')
    GROUP BY figure.period, figure.unit_type, figure.unit
)

SELECT
    loaded.year,
    printed.unit_type,
    row_number() OVER (
        PARTITION BY printed.period, printed.unit_type
        ORDER BY
            CASE WHEN printed.unit = '?' THEN 1 ELSE 0 END,
            printed.record_count DESC,
            printed.unit
    ) AS rank,
    printed.unit,
    printed.record_count,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
LEFT JOIN ref.member AS known
    ON known.dimension = 'unit_type' AND known.member = printed.unit_type
ORDER BY
    loaded.year,
    known.sort_order NULLS LAST,
    printed.unit_type,
    rank
