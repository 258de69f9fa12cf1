-- One row: an assessed unit beside the ranked units of its kind in a period, by composite score; a
-- district with its streets is included, as unit_type `*`. Key: convention, scope, period_type,
-- period, unit_type, district, street, unit.
-- A model beside the exact score of metric.figure: it separates what differs from what chance moves.
-- kind_score is the pooled score of the ranked units of the kind. shrunken_score is the unit's score
-- drawn towards it by the part of its distance that chance explains (normal-normal, the variance
-- between units by moments after DerSimonian and Laird 1986, never below zero).
-- against_kind is 高于 or 低于 where a ranked unit differs from kind_score at the level of the rule
-- list_error_share: of all that are so named, at most this share is expected to be named by chance
-- (Benjamini and Hochberg 1995, two-sided, over the ranked units of the kind; kind_error is the least
-- level that names the unit). 不显著 is every other ranked unit; null is who has too few
-- call-backs, or nobody beside it. has_gained: the interval is wholly above that of the period before
-- (both ranked and comparable), and the gain holds at that same level among all changes of the kind;
-- its error is made from the two intervals (Newcombe 1998).
WITH rule AS (
    SELECT
        max(CAST(value AS DOUBLE)) FILTER (WHERE rule = 'interval_z') AS z,
        max(CAST(value AS DOUBLE)) FILTER (WHERE rule = 'list_error_share') AS error_share
    FROM ref.report_rule
    WHERE rule IN ('interval_z', 'list_error_share')
),

scored AS (
    SELECT
        *,
        CAST(score_sum AS DOUBLE) / (full_score * called_back_count) AS score,
        CAST(low_score AS DOUBLE) / 100 AS low,
        CAST(high_score AS DOUBLE) / 100 AS high,
        CAST(effective_count AS DOUBLE) AS effective_n
    FROM metric.score_interval
),

kind AS (
    SELECT
        convention, scope, period_type, period, unit_type,
        CAST(sum(score_sum) AS DOUBLE) / CAST(sum(full_score * called_back_count) AS DOUBLE)
            AS kind_score
    FROM scored
    WHERE is_ranked
    GROUP BY convention, scope, period_type, period, unit_type
),

-- By how many standard errors the unit is off, were it like its kind.
beside AS (
    SELECT
        scored.*,
        kind.kind_score,
        CASE
            WHEN kind.kind_score > 0 AND kind.kind_score < 1
                THEN
                    (scored.score - kind.kind_score)
                    / sqrt(kind.kind_score * (1 - kind.kind_score) / scored.effective_n)
        END AS kind_z
    FROM scored
    LEFT JOIN kind
        ON
            kind.convention = scored.convention
            AND kind.scope = scored.scope
            AND kind.period_type = scored.period_type
            AND kind.period = scored.period
            AND kind.unit_type = scored.unit_type
),

summed AS (
    SELECT
        convention, scope, period_type, period, unit_type,
        count(*) AS ranked_count,
        CAST(sum(CAST(kind_z * kind_z AS DECIMAL(38, 8))) AS DOUBLE) AS heterogeneity,
        CAST(sum(CAST(effective_n AS DECIMAL(38, 8))) AS DOUBLE) AS weight_sum,
        CAST(sum(CAST(effective_n * effective_n AS DECIMAL(38, 8))) AS DOUBLE) AS square_sum
    FROM beside
    WHERE is_ranked
    GROUP BY convention, scope, period_type, period, unit_type
),

-- The variance between units, as a multiple of that of one call-back; none where nobody is beside.
between_units AS (
    SELECT
        convention, scope, period_type, period, unit_type,
        greatest(
            (heterogeneity - (ranked_count - 1)) / (weight_sum - square_sum / weight_sum), 0
        ) AS ratio
    FROM summed
    WHERE ranked_count > 1
),

compared AS (
    SELECT
        own.*,
        between_units.ratio,
        CASE WHEN own.is_ranked AND between_units.ratio IS NOT NULL THEN own.kind_z END AS test_z,
        own.low > previous.high AS is_apart,
        CASE
            WHEN own.score >= previous.score
                THEN
                    rule.z * (own.score - previous.score)
                    / sqrt(
                        (own.score - own.low) * (own.score - own.low)
                        + (previous.high - previous.score) * (previous.high - previous.score)
                    )
            ELSE
                rule.z * (own.score - previous.score)
                / sqrt(
                    (own.high - own.score) * (own.high - own.score)
                    + (previous.score - previous.low) * (previous.score - previous.low)
                )
        END AS gain_z
    FROM beside AS own
    CROSS JOIN rule
    LEFT JOIN between_units
        ON
            between_units.convention = own.convention
            AND between_units.scope = own.scope
            AND between_units.period_type = own.period_type
            AND between_units.period = own.period
            AND between_units.unit_type = own.unit_type
    LEFT JOIN metric.reported_period AS reported
        ON
            reported.scope = own.scope
            AND reported.period_type = own.period_type
            AND reported.period = own.period
    LEFT JOIN scored AS previous
        ON
            reported.has_previous
            AND own.is_ranked
            AND previous.is_ranked
            AND previous.convention = own.convention
            AND previous.scope = own.scope
            AND previous.period_type = own.period_type
            AND previous.period = reported.previous_period
            AND previous.cut_key = own.cut_key
),

test AS (
    SELECT
        'kind' AS test, convention, scope, period_type, period, unit_type, cut_key,
        abs(test_z) AS z
    FROM compared
    WHERE test_z IS NOT NULL
    UNION ALL
    SELECT
        'gain' AS test, convention, scope, period_type, period, unit_type, cut_key,
        abs(gain_z) AS z
    FROM compared
    WHERE gain_z IS NOT NULL
),

-- Both tails of the normal distribution beyond z: Abramowitz and Stegun 26.2.17, to 1.5e-7.
tail AS (
    SELECT
        *,
        2 * 0.3989422804 * exp(-z * z / 2) * t * (
            0.31938153
            + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429)))
        ) AS p
    FROM (
        SELECT *, 1 / (1 + 0.2316419 * z) AS t
        FROM test
    ) AS placed
),

ordered AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY test, convention, scope, period_type, period, unit_type
            ORDER BY z DESC, cut_key
        ) AS number,
        count(*) OVER (PARTITION BY test, convention, scope, period_type, period, unit_type)
            AS test_count
    FROM tail
),

adjusted AS (
    SELECT
        *,
        min(p * test_count / number) OVER (
            PARTITION BY test, convention, scope, period_type, period, unit_type
            ORDER BY number DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS error
    FROM ordered
),

judged AS (
    SELECT
        convention, scope, period_type, period, cut_key,
        max(error) FILTER (WHERE test = 'kind') AS kind_error,
        max(error) FILTER (WHERE test = 'gain') AS gain_error
    FROM adjusted
    GROUP BY convention, scope, period_type, period, cut_key
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
    compared.called_back_count,
    compared.is_ranked,
    compared.low_score,
    compared.high_score,
    CAST(100 * compared.kind_score AS DECIMAL(18, 8)) AS kind_score,
    CAST(
        100 * (
            compared.kind_score
            + coalesce(compared.ratio / (compared.ratio + 1 / compared.effective_n), 0)
            * (compared.score - compared.kind_score)
        ) AS DECIMAL(18, 8)
    ) AS shrunken_score,
    CASE
        WHEN judged.kind_error <= rule.error_share AND compared.kind_z > 0 THEN '高于'
        WHEN judged.kind_error <= rule.error_share THEN '低于'
        WHEN compared.is_ranked AND compared.ratio IS NOT NULL THEN '不显著'
    END AS against_kind,
    CAST(judged.kind_error AS DECIMAL(18, 8)) AS kind_error,
    coalesce(compared.is_apart AND judged.gain_error <= rule.error_share, FALSE) AS has_gained,
    CAST(judged.gain_error AS DECIMAL(18, 8)) AS gain_error
FROM compared
CROSS JOIN rule
LEFT JOIN judged USING (convention, scope, period_type, period, cut_key)
