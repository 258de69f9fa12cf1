-- One row: a district of a month, quarter or assessment month, with what its units handled.
-- Key: period_type, period, rank, convention.
-- Rates are those of the district and its streets together. per_10k is over residents; of which
-- vintage is written in ref.population_use. Changes as in the other tables of bulletins (null where
-- they cannot be made).
-- advanced_number (先进), improved_number (进步), remedial_number (整改) and priority_number (治理) are the
-- places on those lists (ref.list_rule; metric.place_standing), null for who is not on one.
WITH rated AS (
    SELECT
        figure.scope, figure.period_type, figure.period, figure.convention, figure.district,
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
        AND figure.cut = 'district'
        AND figure.metric IN ('response_rate', 'resolution_rate', 'satisfaction_rate')
    GROUP BY figure.scope, figure.period_type, figure.period, figure.convention, figure.district
),

resident AS (
    SELECT scope, period_type, period, district, denominator AS population, value AS handled_per_10k
    FROM metric.figure
    WHERE metric = 'per_10k' AND period_type <> 'year'
)

SELECT
    changed.period_type,
    changed.period,
    changed.rank,
    changed.district,
    changed.record_count,
    changed.record_count AS share_numerator,
    changed.whole_count AS share_denominator,
    changed.record_share,
    resident.population,
    resident.handled_per_10k,
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
        standing.place = '区'
        AND standing.scope = changed.scope
        AND standing.period_type = changed.period_type
        AND standing.period = changed.period
        AND standing.district = changed.district
LEFT JOIN ref.composite_convention AS composite ON composite.composite = standing.convention
LEFT JOIN rated
    ON
        rated.scope = changed.scope
        AND rated.period_type = changed.period_type
        AND rated.period = changed.period
        AND rated.convention = composite.convention
        AND rated.district = changed.district
LEFT JOIN resident
    ON
        resident.scope = changed.scope
        AND resident.period_type = changed.period_type
        AND resident.period = changed.period
        AND resident.district = changed.district
WHERE changed.metric = 'district_handled_count' AND changed.cut = 'district'
ORDER BY changed.period_type, changed.period, changed.rank NULLS LAST, standing.convention
