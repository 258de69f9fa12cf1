-- One row: a district of a month, quarter or assessment month, with what its units handled.
-- Key: period_type, period, rank, convention.
-- Rates are those of the district and its streets together. per_10k is over residents; of which
-- vintage is written in ref.population_use. Changes as in the other tables of bulletins (null where
-- they cannot be made).
-- advanced_number (先进), improved_number (进步), remedial_number (整改) and priority_number (治理) are the
-- places on those lists (ref.list_rule; metric.place_standing), null for who is not on one.
WITH resident AS (
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
JOIN metric.section_period AS reported
    ON
        reported.period_type = changed.period_type
        AND reported.period = changed.period
        AND reported.scope = changed.scope
LEFT JOIN resident
    ON
        resident.period_type = changed.period_type
        AND resident.period = changed.period
        AND resident.scope = changed.scope
        AND resident.district = changed.district
LEFT JOIN metric.place_standing AS standing
    ON
        standing.period_type = changed.period_type
        AND standing.period = changed.period
        AND standing.scope = changed.scope
        AND standing.district = changed.district
        AND standing.street = changed.street
LEFT JOIN ref.composite_convention AS composite ON composite.composite = standing.convention
LEFT JOIN metric.section_rate AS rated
    ON
        rated.convention = composite.convention
        AND rated.period_type = changed.period_type
        AND rated.period = changed.period
        AND rated.scope = changed.scope
        AND rated.cut = changed.cut
        AND rated.district = changed.district
        AND rated.street = changed.street
WHERE changed.metric = 'district_handled_count' AND changed.cut = 'district'
ORDER BY changed.period_type, changed.period, changed.rank NULLS LAST, standing.convention
