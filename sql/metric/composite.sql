-- One row: the composite score of a unit or of a kind of unit, 0 to 100, of a convention.
-- Key: the key of metric.figure.
-- The three rates weighed together; weights moved over the years, so a convention says for which
-- years it holds and on which convention of the rates it stands. The weights are whole numbers and
-- the satisfaction rate is over weight_base times the call-backs, so the score is an exact fraction.
WITH weighed AS (
    SELECT
        tally.*,
        composite.composite,
        rate.weight_base * composite.response_weight * tally.contacted_count
        + rate.weight_base * composite.resolution_weight * tally.resolved_count
        + composite.satisfaction_weight * (
            rate.satisfied_weight * tally.satisfied_count
            + rate.basically_satisfied_weight * tally.basically_satisfied_count
        ) AS score,
        rate.weight_base * (
            composite.response_weight
            + composite.resolution_weight
            + composite.satisfaction_weight
        ) AS full_score
    FROM metric.tally AS tally
    JOIN ref.composite_convention AS composite
        ON
            tally.year >= coalesce(extract(YEAR FROM composite.valid_from), tally.year)
            AND tally.year <= coalesce(extract(YEAR FROM composite.valid_to), tally.year)
    JOIN ref.rate_convention AS rate ON rate.convention = composite.convention
    WHERE
        tally.called_back_count > 0
        AND (
            tally.metric = 'record_count'
            AND tally.cut IN (
                'total', 'unit_type', 'unit_type district', 'unit_type district street'
            )
            OR tally.metric = 'record_count'
            AND tally.cut = 'unit_type unit'
            AND tally.unit_type NOT IN ('区', '街乡镇')
            OR tally.metric = 'district_handled_count'
            AND tally.cut = 'district'
        )
)

SELECT
    'composite_score' AS metric,
    '1' AS method_version,
    composite AS convention,
    scope,
    'received' AS date_basis,
    period_type,
    period,
    record_type,
    category,
    subcategory,
    handling,
    unit_type,
    unit,
    region,
    district,
    street,
    channel,
    desk,
    platform,
    praise_form,
    epidemic,
    tag,
    CAST(100 * score AS BIGINT) AS numerator,
    CAST(full_score * called_back_count AS BIGINT) AS denominator,
    is_partial,
    cut
FROM weighed
