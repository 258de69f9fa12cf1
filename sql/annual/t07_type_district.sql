-- One row: records of a type by the district where the matter lies. Key: year, record_type, rank.
-- The place, not the unit: answers on the spot count too. `?` where the place is not known. 合计 is
-- all types together.
WITH printed AS (
    SELECT
        figure.period,
        CASE WHEN figure.record_type = '*' THEN '合计' ELSE figure.record_type END AS record_type,
        figure.district,
        coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'place_count'), 0)
            AS record_count
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut IN ('district', 'record_type district')
        AND figure.metric IN ('place_count')
    GROUP BY figure.period, figure.record_type, figure.district
)

SELECT
    loaded.year,
    printed.record_type,
    row_number() OVER (
        PARTITION BY printed.period, printed.record_type
        ORDER BY
            CASE WHEN printed.district = '?' THEN 1 ELSE 0 END,
            printed.record_count DESC,
            printed.district
    ) AS rank,
    printed.district,
    printed.record_count,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
LEFT JOIN ref.member AS known
    ON known.dimension = 'record_type' AND known.member = printed.record_type
ORDER BY
    loaded.year,
    CASE printed.record_type WHEN '合计' THEN 0 WHEN '?' THEN 2 ELSE 1 END,
    known.sort_order NULLS LAST,
    printed.record_type,
    rank
