-- One row: an assessed unit of a month, quarter or assessment month, among the units of its kind.
-- Key: period_type, period, convention, unit_type, list_number.
-- The columns of annual.t33_unit_rank. Units with too few call-backs come last, without a rank (rule
-- rank_min_n). The interval and the range of ranks are those of the composite score, by which they are
-- ranked; shrunken_score and against_kind are a model beside it (metric.unit_score).
SELECT
    period_type,
    period,
    standing.convention,
    unit_type,
    row_number() OVER (
        PARTITION BY period_type, period, standing.convention, unit_type
        ORDER BY standing.unit_rank NULLS LAST, district, street, unit
    ) AS list_number,
    standing.unit_rank AS rank,
    CASE unit_type
        WHEN '区' THEN district
        WHEN '街乡镇' THEN district || street
        ELSE unit
    END AS unit_name,
    district,
    street,
    unit,
    counted.numerator AS record_count,
    standing.called_back_count,
    score.numerator AS score_numerator,
    score.denominator AS score_denominator,
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
JOIN metric.section_period AS reported USING (period_type, period, scope)
JOIN metric.section_rate AS rated
    USING (period_type, period, scope, unit_type, district, street, unit)
JOIN metric.figure AS counted
    USING (period_type, period, scope, cut, unit_type, district, street, unit)
JOIN metric.figure AS score
    USING (period_type, period, scope, cut, unit_type, district, street, unit)
LEFT JOIN ref.member AS known ON known.dimension = 'unit_type' AND known.member = unit_type
WHERE
    rated.convention = standing.rate_convention
    AND cut IN ('unit_type district', 'unit_type district street', 'unit_type unit')
    AND counted.metric = 'record_count'
    AND score.metric = 'composite_score'
    AND score.convention = standing.convention
ORDER BY
    period_type, period, standing.convention, known.sort_order NULLS LAST, unit_type, list_number
