-- One row: the composite score of a unit, a kind of unit or a district, 0 to 100, of a convention.
-- Key: the key of metric.figure.
-- The three rates weighed together; weights moved over the years, so a convention says for which
-- years it holds and on which convention of the rates it stands. The weights are whole numbers and
-- the satisfaction rate is over weight_base times the call-backs, so the score is an exact fraction.
SELECT
    'composite_score' AS metric,
    '1' AS method_version,
    convention,
    scope,
    'received' AS date_basis,
    period_type,
    period,
    record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag,
    CAST(100 * score_sum AS BIGINT) AS numerator,
    CAST(full_score * called_back_count AS BIGINT) AS denominator,
    is_partial,
    cut
FROM metric.composite_sum
