-- One row: the composite score of an assessed unit with its interval; a district with its streets
-- is included, as unit_type `*`. Key: convention, scope, period_type, period, unit_type,
-- district, street, unit.
-- The interval is Wilson's with an effective number of call-backs: a score of 0 to 1 a call-back has
-- the variance dispersion * score * (1 - score), where yes or no has dispersion 1, so n call-backs say
-- as much as n / dispersion answers of yes or no. The dispersion is the larger of the unit's own and
-- that of the ranked units of its kind together (a unit's own is little known near the end of the
-- scale), and rests on the largest variance that the counts allow (metric.composite_sum), so that
-- intervals are rather too wide. is_ranked: the call-backs are as many as the rule rank_min_n asks
-- for. Months, quarters and assessment months use the scope of printed sections alone. Doubles
-- are summed as decimals, so that no order of rows changes a sum.
WITH rule AS (
    SELECT
        max(CAST(value AS DOUBLE)) FILTER (WHERE rule = 'interval_z') AS z,
        max(CAST(value AS DOUBLE)) FILTER (WHERE rule = 'rank_min_n') AS least_count
    FROM ref.report_rule
    WHERE rule IN ('interval_z', 'rank_min_n')
),

assessed AS (
    SELECT
        summed.*,
        member.unit_type,
        member.district,
        member.street,
        member.unit,
        summed.called_back_count >= rule.least_count AS is_ranked,
        rule.z,
        CAST(summed.called_back_count AS DOUBLE) AS n,
        CAST(summed.score_sum AS DOUBLE) / (summed.full_score * summed.called_back_count) AS score,
        CAST(summed.largest_square_sum AS DOUBLE)
        / (summed.full_score * summed.full_score * summed.called_back_count) AS mean_square
    FROM metric.composite_sum AS summed
    JOIN metric.cut_member AS member ON member.cut_key = summed.cut_key
    CROSS JOIN rule
    LEFT JOIN ref.scope_use AS used ON used.scope = summed.scope AND used.purpose = 'section'
    WHERE
        (summed.period_type = 'year' OR used.scope IS NOT NULL)
        AND (
            member.cut = 'unit_type district'
            AND member.unit_type = '区'
            AND member.district <> '?'
            OR member.cut = 'unit_type district street'
            AND member.unit_type = '街乡镇'
            AND member.street <> '?'
            OR member.cut = 'unit_type unit'
            AND member.unit_type NOT IN ('区', '街乡镇', '?')
            AND member.unit <> '?'
            OR member.cut = 'district'
            AND member.district <> '?'
        )
),

spread AS (
    SELECT
        *,
        greatest(mean_square - score * score, 0) AS variance,
        score * (1 - score) AS binary_variance
    FROM assessed
),

-- Of the ranked units together.
kind AS (
    SELECT
        convention, scope, period_type, period, unit_type,
        sum(CAST(n * variance AS DECIMAL(38, 8))) AS variance_sum,
        sum(CAST(n * binary_variance AS DECIMAL(38, 8))) AS binary_variance_sum
    FROM spread
    WHERE is_ranked
    GROUP BY convention, scope, period_type, period, unit_type
),

dispersed AS (
    SELECT
        spread.*,
        greatest(
            CASE
                WHEN spread.binary_variance > 0 THEN spread.variance / spread.binary_variance
                ELSE 0
            END,
            CASE
                WHEN kind.binary_variance_sum > 0
                    THEN CAST(kind.variance_sum AS DOUBLE) / CAST(kind.binary_variance_sum AS DOUBLE)
                ELSE 0
            END
        ) AS dispersion
    FROM spread
    LEFT JOIN kind
        ON
            kind.convention = spread.convention
            AND kind.scope = spread.scope
            AND kind.period_type = spread.period_type
            AND kind.period = spread.period
            AND kind.unit_type = spread.unit_type
),

-- Where all call-backs have the same score, the dispersion is unknown: that of yes or no, the largest, is taken.
effective AS (
    SELECT *, CASE WHEN dispersion > 0 AND dispersion < 1 THEN n / dispersion ELSE n END AS effective_n
    FROM dispersed
),

bound AS (
    SELECT
        *,
        (score + z * z / (2 * effective_n)) / (1 + z * z / effective_n) AS middle,
        z * sqrt(score * (1 - score) / effective_n + z * z / (4 * effective_n * effective_n))
        / (1 + z * z / effective_n) AS half
    FROM effective
)

SELECT
    convention,
    scope,
    period_type,
    period,
    cut_key,
    unit_type,
    district,
    street,
    unit,
    called_back_count,
    full_score,
    score_sum,
    is_ranked,
    CAST(effective_n AS DECIMAL(28, 8)) AS effective_count,
    CAST(100 * greatest(middle - half, 0) AS DECIMAL(18, 8)) AS low_score,
    CAST(100 * least(middle + half, 1) AS DECIMAL(18, 8)) AS high_score
FROM bound
