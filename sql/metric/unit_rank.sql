-- One row: a unit's place among the units of its kind in a period, by composite score.
-- Key: convention, scope, period_type, period, unit_type, district, street, unit.
-- Ranked by the exact score. A unit with fewer call-backs than the rule rank_min_n has no rank: chance
-- would set it. Equal scores go by volume, and what is still equal shares a rank. low_score to
-- high_score is the interval of the score that is ranked (metric.score_interval), and the range of
-- ranks is what these intervals leave open: best_rank is one more than the units surely above,
-- worst_rank leaves below only those surely below. shrunken_score, kind_score and against_kind are of
-- metric.unit_score. Months, quarters and assessment months are ranked on the scope of printed
-- sections alone.
WITH assessed AS (
    SELECT
        judged.*,
        composite.convention AS rate_convention,
        score.value AS composite_score
    FROM metric.unit_score AS judged
    JOIN metric.figure_value AS score
        ON
            score.convention = judged.convention
            AND score.scope = judged.scope
            AND score.period_type = judged.period_type
            AND score.period = judged.period
            AND score.cut_key = judged.cut_key
    JOIN ref.composite_convention AS composite ON composite.composite = judged.convention
    WHERE unit_type <> '*' AND score.metric = 'composite_score'
),

ranked AS (
    SELECT
        *,
        rank() OVER (
            PARTITION BY convention, scope, period_type, period, unit_type
            ORDER BY composite_score DESC, called_back_count DESC
        ) AS unit_rank
    FROM assessed
    WHERE is_ranked
),

ranged AS (
    SELECT
        convention, scope, period_type, period, own.cut_key,
        1 + count(*) FILTER (WHERE other.low_score > own.high_score) AS best_rank,
        count(*) FILTER (WHERE other.high_score >= own.low_score) AS worst_rank
    FROM ranked AS own
    JOIN ranked AS other USING (convention, scope, period_type, period, unit_type)
    GROUP BY convention, scope, period_type, period, own.cut_key
)

SELECT
    convention,
    assessed.rate_convention,
    scope,
    period_type,
    period,
    assessed.unit_type,
    assessed.district,
    assessed.street,
    assessed.unit,
    assessed.called_back_count,
    assessed.composite_score,
    assessed.low_score,
    assessed.high_score,
    assessed.shrunken_score,
    assessed.kind_score,
    assessed.against_kind,
    assessed.is_ranked,
    ranked.unit_rank,
    ranged.best_rank,
    ranged.worst_rank
FROM assessed
LEFT JOIN ranked USING (convention, scope, period_type, period, cut_key)
LEFT JOIN ranged USING (convention, scope, period_type, period, cut_key)
