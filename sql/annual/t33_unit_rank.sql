-- One row: an assessed unit at the end of the year, among the units of its kind.
-- Key: year, convention, unit_type, list_number.
-- Units with too few call-backs come last without a rank (rule rank_min_n). The interval and the
-- range of ranks are those of the composite score, by which they are ranked; shrunken_score and
-- against_kind are a model beside it (metric.unit_score).
SELECT
    loaded.year,
    standing.convention,
    unit_type,
    row_number() OVER (
        PARTITION BY loaded.year, standing.convention, unit_type
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
JOIN metric.section_year AS loaded USING (period_type, period, scope)
JOIN metric.section_rate AS rated
    USING (period_type, period, scope, unit_type, district, street, unit)
LEFT JOIN ref.member AS known
    ON known.dimension = 'unit_type' AND known.member = unit_type
WHERE
    rated.convention = standing.rate_convention
    AND rated.cut IN ('unit_type district', 'unit_type district street', 'unit_type unit')
ORDER BY
    loaded.year, standing.convention, known.sort_order NULLS LAST, unit_type, list_number
