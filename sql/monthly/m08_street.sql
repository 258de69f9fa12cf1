-- One row: a street or town of a month, quarter or assessment month, or the rest of the list.
-- Key: period_type, period, rank, is_rest, convention.
-- A street is named by district and name. All stand here, is_rest FALSE, and sum to what streets
-- handled; so do those that are listed and the one row of the rest (其他, is_rest). Who could not be
-- told stands as `?`, last.
-- advanced_number (先进), improved_number (进步), remedial_number (整改) and priority_number (治理) are the
-- places on those lists (ref.list_rule; metric.place_standing), null for who is not on one.
WITH rated AS (
    SELECT
        figure.scope, figure.period_type, figure.period, figure.convention, figure.district, figure.street,
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
        AND figure.cut = 'unit_type district street'
        AND figure.unit_type = '街乡镇'
        AND figure.metric IN ('response_rate', 'resolution_rate', 'satisfaction_rate')
    GROUP BY figure.scope, figure.period_type, figure.period, figure.convention, figure.district, figure.street
)

SELECT
    changed.period_type,
    changed.period,
    changed.rank,
    changed.district,
    changed.street,
    changed.is_listed,
    changed.is_rest,
    changed.record_count,
    changed.record_count AS share_numerator,
    changed.whole_count AS share_denominator,
    changed.record_share,
    changed.previous_count,
    changed.previous_growth_rate,
    changed.before_count,
    changed.growth_rate,
    changed.previous_rank,
    changed.is_from_zero,
    changed.is_gone,
    rated.convention,
    standing.called_back_count,
    rated.response_numerator,
    rated.response_denominator,
    rated.response_rate,
    rated.resolution_numerator,
    rated.resolution_denominator,
    rated.resolution_rate,
    rated.satisfaction_numerator,
    rated.satisfaction_denominator,
    rated.satisfaction_rate,
    standing.score_numerator,
    standing.score_denominator,
    standing.composite_score,
    standing.low_score,
    standing.high_score,
    standing.shrunken_score,
    standing.against_kind,
    standing.is_ranked,
    standing.score_rank,
    standing.previous_composite_score,
    standing.previous_called_back_count,
    standing.score_gain,
    standing.advanced_number,
    standing.improved_number,
    standing.remedial_number,
    standing.priority_number,
    reported.is_partial
FROM metric.changed AS changed
JOIN ref.scope_use AS used ON used.scope = changed.scope AND used.purpose = 'section'
JOIN metric.reported_period AS reported
    ON
        reported.period_type = changed.period_type
        AND reported.period = changed.period
        AND reported.scope = changed.scope
LEFT JOIN metric.place_standing AS standing
    ON
        standing.place = '街乡镇'
        AND standing.scope = changed.scope
        AND standing.period_type = changed.period_type
        AND standing.period = changed.period
        AND standing.district = changed.district
        AND standing.street = changed.street
LEFT JOIN ref.composite_convention AS composite ON composite.composite = standing.convention
LEFT JOIN rated
    ON
        rated.scope = changed.scope
        AND rated.period_type = changed.period_type
        AND rated.period = changed.period
        AND rated.convention = composite.convention
        AND rated.district = changed.district
        AND rated.street = changed.street
WHERE changed.metric = 'record_count' AND changed.cut = 'unit_type district street'
ORDER BY changed.period_type, changed.period, changed.rank NULLS LAST, standing.convention
