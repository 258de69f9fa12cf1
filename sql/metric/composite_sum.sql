-- One row: the composite score of a unit, a kind of unit or a district as whole sums over its
-- call-backs, of a convention. Key: the key of metric.figure_value.
-- A call-back scores from 0 to full_score: contacted, resolved, satisfied and basically satisfied by
-- the weights of ref.composite_convention and ref.rate_convention, which are whole numbers. score_sum
-- is the exact sum of these scores. The sum of their squares does not follow from counts of each answer
-- alone, for it depends on who gave several; largest_square_sum is the largest it can be: the
-- contacted, the resolved and the satisfied are the same call-backs as far as the counts allow. So a
-- variance made from it is never too small.
WITH counted AS (
    SELECT
        tally.*,
        called.period IS NOT NULL AS is_called_in_part,
        composite.composite,
        rate.weight_base * composite.response_weight AS contacted_score,
        rate.weight_base * composite.resolution_weight AS resolved_score,
        composite.satisfaction_weight * rate.satisfied_weight AS satisfied_score,
        composite.satisfaction_weight * rate.basically_satisfied_weight AS basically_satisfied_score,
        rate.weight_base * (
            composite.response_weight
            + composite.resolution_weight
            + composite.satisfaction_weight
        ) AS full_score,
        -- At most so many call-backs are both.
        least(tally.contacted_count, tally.resolved_count) AS contacted_resolved_count,
        least(tally.contacted_count, tally.satisfied_count) AS contacted_satisfied_count,
        least(
            greatest(tally.contacted_count - tally.satisfied_count, 0),
            tally.basically_satisfied_count
        ) AS contacted_basically_satisfied_count,
        least(tally.resolved_count, tally.satisfied_count) AS resolved_satisfied_count,
        least(
            greatest(tally.resolved_count - tally.satisfied_count, 0),
            tally.basically_satisfied_count
        ) AS resolved_basically_satisfied_count
    FROM metric.tally AS tally
    JOIN metric.cut_member AS member ON member.cut_key = tally.cut_key
    JOIN ref.composite_convention AS composite
        ON
            tally.year >= coalesce(extract(YEAR FROM composite.valid_from), tally.year)
            AND tally.year <= coalesce(extract(YEAR FROM composite.valid_to), tally.year)
    JOIN ref.rate_convention AS rate ON rate.convention = composite.convention
    -- Call-backs of a month that lack an outcome would score as failures.
    JOIN metric.known_period AS known
        ON
            known.metric = 'composite_score'
            AND known.period_type = tally.period_type
            AND known.period = tally.period
            AND known.is_known_throughout
    LEFT JOIN metric.column_gap AS called
        ON
            called.column_name = 'call_back'
            AND called.period_type = tally.period_type
            AND called.period = tally.period
            AND called.known_month_count > 0
    WHERE
        tally.called_back_count > 0
        AND (
            tally.metric = 'record_count'
            AND member.cut IN (
                'total', 'unit_type', 'unit_type district', 'unit_type district street'
            )
            OR tally.metric = 'record_count'
            AND member.cut = 'unit_type unit'
            AND member.unit_type NOT IN ('区', '街乡镇')
            OR tally.metric = 'district_handled_count'
            AND member.cut = 'district'
        )
)

SELECT
    composite AS convention,
    scope,
    period_type,
    period,
    cut_key,
    called_back_count,
    CAST(full_score AS BIGINT) AS full_score,
    CAST(
        contacted_score * contacted_count
        + resolved_score * resolved_count
        + satisfied_score * satisfied_count
        + basically_satisfied_score * basically_satisfied_count
        AS BIGINT
    ) AS score_sum,
    CAST(
        contacted_score * contacted_score * contacted_count
        + resolved_score * resolved_score * resolved_count
        + satisfied_score * satisfied_score * satisfied_count
        + basically_satisfied_score * basically_satisfied_score * basically_satisfied_count
        + 2 * contacted_score * resolved_score * contacted_resolved_count
        + 2 * contacted_score * (
            satisfied_score * contacted_satisfied_count
            + basically_satisfied_score * contacted_basically_satisfied_count
        )
        + 2 * resolved_score * (
            satisfied_score * resolved_satisfied_count
            + basically_satisfied_score * resolved_basically_satisfied_count
        )
        AS BIGINT
    ) AS largest_square_sum,
    is_partial OR is_called_in_part AS is_partial
FROM counted
