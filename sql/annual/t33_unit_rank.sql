-- One row: an assessed unit at the end of the year, among the units of its kind.
-- Key: year, convention, unit_type, list_number.
-- Units with too few call-backs stand last without a rank (rule rank_min_n). The interval and the
-- range of ranks are those of the composite score, by which they are ranked; shrunken_score and
-- against_kind are a model beside it (metric.unit_score).
WITH rated AS (
    SELECT
        figure.scope, figure.period, figure.convention, figure.unit_type, figure.district,
        figure.street, figure.unit,
        max(figure.value) FILTER (WHERE figure.metric = 'response_rate') AS response_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_rate
    FROM metric.figure AS figure
    WHERE
        figure.period_type = 'year'
        AND figure.cut IN ('unit_type district', 'unit_type district street', 'unit_type unit')
        AND figure.metric IN ('response_rate', 'resolution_rate', 'satisfaction_rate')
    GROUP BY
        figure.scope, figure.period, figure.convention, figure.unit_type, figure.district,
        figure.street, figure.unit
)

SELECT
    loaded.year,
    standing.convention,
    standing.unit_type,
    row_number() OVER (
        PARTITION BY standing.period, standing.convention, standing.unit_type
        ORDER BY
            standing.unit_rank NULLS LAST,
            standing.district,
            standing.street,
            standing.unit
    ) AS list_number,
    standing.unit_rank AS rank,
    CASE standing.unit_type
        WHEN '区' THEN standing.district
        WHEN '街乡镇' THEN standing.district || standing.street
        ELSE standing.unit
    END AS unit_name,
    standing.district,
    standing.street,
    standing.unit,
    standing.called_back_count,
    standing.composite_score,
    standing.low_score,
    standing.high_score,
    standing.best_rank,
    standing.worst_rank,
    standing.shrunken_score,
    standing.kind_score,
    standing.against_kind,
    rated.response_rate,
    rated.resolution_rate,
    rated.satisfaction_rate,
    standing.is_ranked,
    loaded.is_partial
FROM metric.unit_rank AS standing
JOIN ref.scope_use AS used ON used.scope = standing.scope AND used.purpose = 'section'
JOIN metric.loaded_year AS loaded
    ON standing.period_type = 'year' AND CAST(loaded.year AS VARCHAR) = standing.period
JOIN rated
    ON
        rated.scope = standing.scope
        AND rated.period = standing.period
        AND rated.convention = standing.rate_convention
        AND rated.unit_type = standing.unit_type
        AND rated.district = standing.district
        AND rated.street = standing.street
        AND rated.unit = standing.unit
LEFT JOIN ref.member AS known
    ON known.dimension = 'unit_type' AND known.member = standing.unit_type
ORDER BY
    loaded.year, standing.convention, known.sort_order NULLS LAST, standing.unit_type, list_number
