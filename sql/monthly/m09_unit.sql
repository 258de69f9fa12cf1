-- One row: an assessed unit of a month, quarter or assessment month, among the units of its kind.
-- Key: period_type, period, convention, unit_type, list_number.
-- The columns of annual.t33_unit_rank. Units with too few call-backs stand last, without a rank (rule
-- rank_min_n). The interval and the range of ranks are those of the composite score, by which they are
-- ranked; shrunken_score and against_kind are a model beside it (metric.unit_score).
WITH rated AS (
    SELECT
        figure.scope, figure.period_type, figure.period, figure.convention, figure.unit_type,
        figure.district, figure.street, figure.unit,
        max(figure.numerator) FILTER (WHERE figure.metric = 'record_count') AS record_count,
        max(figure.numerator) FILTER (WHERE figure.metric = 'response_rate') AS response_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'response_rate') AS response_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'response_rate') AS response_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_rate
    FROM metric.figure AS figure
    WHERE
        figure.period_type <> 'year'
        AND figure.cut IN ('unit_type district', 'unit_type district street', 'unit_type unit')
        AND figure.metric IN ('response_rate', 'resolution_rate', 'satisfaction_rate')
    GROUP BY
        figure.scope, figure.period_type, figure.period, figure.convention, figure.unit_type,
        figure.district, figure.street, figure.unit
),

counted AS (
    SELECT scope, period_type, period, unit_type, district, street, unit, numerator AS record_count
    FROM metric.figure
    WHERE
        metric = 'record_count'
        AND period_type <> 'year'
        AND cut IN ('unit_type district', 'unit_type district street', 'unit_type unit')
),

score AS (
    SELECT
        scope, period_type, period, convention, unit_type, district, street, unit,
        numerator AS score_numerator,
        denominator AS score_denominator
    FROM metric.figure
    WHERE
        metric = 'composite_score'
        AND period_type <> 'year'
        AND cut IN ('unit_type district', 'unit_type district street', 'unit_type unit')
)

SELECT
    standing.period_type,
    standing.period,
    standing.convention,
    standing.unit_type,
    row_number() OVER (
        PARTITION BY
            standing.period_type, standing.period, standing.convention, standing.unit_type
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
    counted.record_count,
    standing.called_back_count,
    score.score_numerator,
    score.score_denominator,
    standing.composite_score,
    standing.low_score,
    standing.high_score,
    standing.best_rank,
    standing.worst_rank,
    standing.shrunken_score,
    standing.kind_score,
    standing.against_kind,
    rated.response_numerator,
    rated.response_denominator,
    rated.response_rate,
    rated.resolution_numerator,
    rated.resolution_denominator,
    rated.resolution_rate,
    rated.satisfaction_numerator,
    rated.satisfaction_denominator,
    rated.satisfaction_rate,
    standing.is_ranked,
    reported.is_partial
FROM metric.unit_rank AS standing
JOIN ref.scope_use AS used ON used.scope = standing.scope AND used.purpose = 'section'
JOIN metric.reported_period AS reported
    ON
        reported.period_type = standing.period_type
        AND reported.period = standing.period
        AND reported.scope = standing.scope
JOIN rated
    ON
        rated.scope = standing.scope
        AND rated.period_type = standing.period_type
        AND rated.period = standing.period
        AND rated.convention = standing.rate_convention
        AND rated.unit_type = standing.unit_type
        AND rated.district = standing.district
        AND rated.street = standing.street
        AND rated.unit = standing.unit
JOIN counted
    ON
        counted.scope = standing.scope
        AND counted.period_type = standing.period_type
        AND counted.period = standing.period
        AND counted.unit_type = standing.unit_type
        AND counted.district = standing.district
        AND counted.street = standing.street
        AND counted.unit = standing.unit
JOIN score
    ON
        score.scope = standing.scope
        AND score.period_type = standing.period_type
        AND score.period = standing.period
        AND score.convention = standing.convention
        AND score.unit_type = standing.unit_type
        AND score.district = standing.district
        AND score.street = standing.street
        AND score.unit = standing.unit
LEFT JOIN ref.member AS known
    ON known.dimension = 'unit_type' AND known.member = standing.unit_type
ORDER BY
    standing.period_type, standing.period, standing.convention, known.sort_order NULLS LAST,
    standing.unit_type, list_number
