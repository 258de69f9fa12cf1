-- One row: a rate of a convention, over valid call-backs. Key: the key of metric.figure_value.
-- Denominators are valid call-backs, never received or closed records, and a total is pooled (sum
-- over sum). A convention's weights are whole numbers over a base, so that numerators stay exact.
-- Weights moved over the years, so a convention says for which years it holds; a year without one
-- has no rates; nor has a period in which a month's call-backs lack the outcome altogether
-- (metric.known_period): they would count as failures. Months without call-backs are in no
-- denominator: the rate is of the others, and partial (metric.column_gap). District rows follow the
-- district that handles the record.
WITH counted AS (
    SELECT
        tally.*,
        member.cut,
        convention.convention,
        convention.satisfied_weight,
        convention.basically_satisfied_weight,
        convention.weight_base
    FROM metric.tally AS tally
    JOIN metric.cut_member AS member ON member.cut_key = tally.cut_key
    JOIN ref.rate_convention AS convention
        ON
            tally.year >= coalesce(extract(YEAR FROM convention.valid_from), tally.year)
            AND tally.year <= coalesce(extract(YEAR FROM convention.valid_to), tally.year)
    WHERE
        tally.called_back_count > 0
        AND (
            tally.metric = 'record_count'
            AND member.cut IN (
                'total', 'unit_type', 'category', 'category subcategory', 'category unit_type',
                'epidemic', 'tag', 'unit_type district', 'unit_type district street'
            )
            -- Districts and streets are counted by the register's names, in the cuts above.
            OR tally.metric = 'record_count'
            AND member.cut = 'unit_type unit'
            AND member.unit_type NOT IN ('区', '街乡镇')
            OR tally.metric = 'district_handled_count'
            AND member.cut IN ('district', 'district tag')
        )
),

rate AS (
    SELECT
        'response_rate' AS rate_name,
        counted.*,
        contacted_count AS numerator,
        called_back_count AS denominator
    FROM counted
    UNION ALL
    SELECT
        'resolution_rate' AS rate_name,
        counted.*,
        resolved_count AS numerator,
        called_back_count AS denominator
    FROM counted
    UNION ALL
    SELECT
        'satisfaction_rate' AS rate_name,
        counted.*,
        satisfied_weight * satisfied_count
        + basically_satisfied_weight * basically_satisfied_count AS numerator,
        weight_base * called_back_count AS denominator
    FROM counted
    UNION ALL
    -- Satisfaction less resolution, as a difference of the two exact fractions.
    SELECT
        'satisfaction_gap' AS rate_name,
        counted.*,
        satisfied_weight * satisfied_count
        + basically_satisfied_weight * basically_satisfied_count
        - weight_base * resolved_count AS numerator,
        weight_base * called_back_count AS denominator
    FROM counted
    WHERE cut IN ('total', 'unit_type', 'category')
)

SELECT
    rate_name AS metric,
    convention,
    scope,
    rate.period_type,
    rate.period,
    cut_key,
    CAST(numerator AS BIGINT) AS numerator,
    CAST(denominator AS BIGINT) AS denominator,
    rate.is_partial OR called.period IS NOT NULL AS is_partial
FROM rate
JOIN metric.known_period AS known
    ON
        known.metric = rate.rate_name
        AND known.period_type = rate.period_type
        AND known.period = rate.period
        AND known.is_known_throughout
LEFT JOIN metric.column_gap AS called
    ON
        called.column_name = 'call_back'
        AND called.period_type = rate.period_type
        AND called.period = rate.period
        AND called.known_month_count > 0
