-- One row: a unit's place among the units of its kind in a period, by composite score.
-- Key: convention, scope, period_type, period, unit_type, district, street, unit.
-- A unit with fewer call-backs than the rule rank_min_n has no rank: chance would set it. Equal scores
-- go by volume, and what is still equal shares a rank. The range of the resolution rank is what the
-- Wilson intervals leave open: best is one more than the units surely above, worst leaves below only
-- those surely below. Months, quarters and assessment months are ranked on the scope of printed
-- sections alone.
WITH rule AS (
    SELECT CAST(value AS BIGINT) AS least_count
    FROM ref.report_rule
    WHERE rule = 'rank_min_n'
),

assessed AS (
    SELECT
        score.convention,
        rate.convention AS rate_convention,
        score.scope,
        score.period_type,
        score.period,
        score.unit_type,
        score.district,
        score.street,
        score.unit,
        score.value AS composite_score,
        rate.denominator AS called_back_count,
        rate.low_rate,
        rate.high_rate,
        -- The exact order of two shares: doubles are only used to bound them.
        resolution.value AS resolution_rate,
        rate.denominator >= rule.least_count AS is_ranked
    FROM metric.figure AS score
    JOIN ref.composite_convention AS composite ON composite.composite = score.convention
    JOIN metric.rate_interval AS rate
        ON
            rate.metric = 'resolution_rate'
            AND rate.convention = composite.convention
            AND rate.scope = score.scope
            AND rate.period_type = score.period_type
            AND rate.period = score.period
            AND rate.cut = score.cut
            AND rate.unit_type = score.unit_type
            AND rate.district = score.district
            AND rate.street = score.street
            AND rate.unit = score.unit
    JOIN metric.figure AS resolution
        ON
            resolution.metric = 'resolution_rate'
            AND resolution.convention = rate.convention
            AND resolution.scope = rate.scope
            AND resolution.period_type = rate.period_type
            AND resolution.period = rate.period
            AND resolution.cut = rate.cut
            AND resolution.unit_type = rate.unit_type
            AND resolution.district = rate.district
            AND resolution.street = rate.street
            AND resolution.unit = rate.unit
    CROSS JOIN rule
    LEFT JOIN ref.scope_use AS used ON used.scope = score.scope AND used.purpose = 'section'
    WHERE
        score.metric = 'composite_score'
        AND (score.period_type = 'year' OR used.scope IS NOT NULL)
        AND (
            score.cut = 'unit_type district'
            AND score.unit_type = '区'
            AND score.district <> '?'
            OR score.cut = 'unit_type district street'
            AND score.unit_type = '街乡镇'
            AND score.street <> '?'
            OR score.cut = 'unit_type unit'
            AND score.unit_type NOT IN ('区', '街乡镇', '?')
            AND score.unit <> '?'
        )
),

ranked AS (
    SELECT
        *,
        rank() OVER (
            PARTITION BY convention, scope, period_type, period, unit_type
            ORDER BY composite_score DESC, called_back_count DESC
        ) AS unit_rank,
        rank() OVER (
            PARTITION BY convention, scope, period_type, period, unit_type
            ORDER BY resolution_rate DESC
        ) AS resolution_rank
    FROM assessed
    WHERE is_ranked
),

ranged AS (
    SELECT
        own.convention, own.scope, own.period_type, own.period, own.unit_type, own.district,
        own.street, own.unit,
        1 + count(*) FILTER (WHERE other.low_rate > own.high_rate) AS best_resolution_rank,
        count(*) FILTER (WHERE other.high_rate >= own.low_rate) AS worst_resolution_rank
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
    assessed.low_rate,
    assessed.high_rate,
    assessed.is_ranked,
    ranked.unit_rank,
    ranked.resolution_rank,
    ranged.best_resolution_rank,
    ranged.worst_resolution_rank
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
