-- One row: the composite score of a unit, a kind of unit or a district, 0 to 100, of a convention.
-- Key: the key of metric.figure_value.
-- a view on tables
-- The three rates weighed together; weights moved over the years, so a convention says for which
-- years it holds and which convention of the rates it uses. The weights are whole numbers and
-- the satisfaction rate is over weight_base times the call-backs, so the score is an exact fraction.
SELECT
    'composite_score' AS metric,
    convention,
    scope,
    period_type,
    period,
    cut_key,
    CAST(100 * score_sum AS BIGINT) AS numerator,
    CAST(full_score * called_back_count AS BIGINT) AS denominator,
    is_partial
FROM metric.composite_sum
