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
    JOIN ref.composite_convention AS composite ON composite.composite = judged.convention
    JOIN metric.figure AS score
        ON
            score.metric = 'composite_score'
            AND score.convention = judged.convention
            AND score.scope = judged.scope
            AND score.period_type = judged.period_type
            AND score.period = judged.period
            AND score.unit_type = judged.unit_type
            AND score.unit = judged.unit
            AND score.district = judged.district
            AND score.street = judged.street
    WHERE judged.unit_type <> '*'
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
        own.convention, own.scope, own.period_type, own.period, own.unit_type, own.district,
        own.street, own.unit,
        1 + count(*) FILTER (WHERE other.low_score > own.high_score) AS best_rank,
        count(*) FILTER (WHERE other.high_score >= own.low_score) AS worst_rank
    FROM ranked AS own
    JOIN ranked AS other
        ON
            other.convention = own.convention
            AND other.scope = own.scope
            AND other.period_type = own.period_type
            AND other.period = own.period
            AND other.unit_type = own.unit_type
    GROUP BY
        own.convention, own.scope, own.period_type, own.period, own.unit_type, own.district,
        own.street, own.unit
)

SELECT
    assessed.convention,
    assessed.rate_convention,
    assessed.scope,
    assessed.period_type,
    assessed.period,
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
LEFT JOIN ranked
    ON
        ranked.convention = assessed.convention
        AND ranked.scope = assessed.scope
        AND ranked.period_type = assessed.period_type
        AND ranked.period = assessed.period
        AND ranked.unit_type = assessed.unit_type
        AND ranked.district = assessed.district
        AND ranked.street = assessed.street
        AND ranked.unit = assessed.unit
LEFT JOIN ranged
    ON
        ranged.convention = assessed.convention
        AND ranged.scope = assessed.scope
        AND ranged.period_type = assessed.period_type
        AND ranged.period = assessed.period
        AND ranged.unit_type = assessed.unit_type
        AND ranged.district = assessed.district
        AND ranged.street = assessed.street
        AND ranged.unit = assessed.unit
