-- One row: a place on one of the four lists of a month, quarter or assessment month.
-- Key: period_type, period, convention, place, list, list_number.
-- A place may be on two lists (整改 and 治理, say). Criteria: ref.list_rule; metric.place_standing.
WITH listed AS (
    SELECT *, 'score' AS measure, advanced_number AS list_number
    FROM metric.place_standing
    UNION ALL
    SELECT *, 'gain' AS measure, improved_number AS list_number
    FROM metric.place_standing
    UNION ALL
    SELECT *, 'low_score' AS measure, remedial_number AS list_number
    FROM metric.place_standing
    UNION ALL
    SELECT *, 'volume' AS measure, priority_number AS list_number
    FROM metric.place_standing
)

SELECT
    period_type,
    period,
    listed.convention,
    place,
    rule.list,
    listed.list_number,
    listed.district,
    listed.street,
    listed.record_count,
    listed.called_back_count,
    listed.score_numerator,
    listed.score_denominator,
    listed.composite_score,
    listed.low_score,
    listed.high_score,
    listed.shrunken_score,
    listed.previous_composite_score,
    listed.previous_called_back_count,
    listed.score_gain,
    reported.is_partial
FROM listed
JOIN metric.section_period AS reported USING (period_type, period, scope)
JOIN ref.list_rule AS rule USING (place, measure)
WHERE listed.list_number IS NOT NULL
ORDER BY period_type, period, listed.convention, place, rule.sort_order, listed.list_number
