-- One row is one claim of who takes the larger part, with the named members' shares.
-- Key: claim.
--
-- predominant: each named member's share is at least the rule joint_high; joint: at least joint_low
-- and below joint_high. Rules are shares of at most four decimals, so that whole numbers judge.
WITH bound AS (
    SELECT
        max(CAST(10000 * CAST(value AS DECIMAL(18, 8)) AS BIGINT))
            FILTER (WHERE rule = 'joint_low') AS joint_low,
        max(CAST(10000 * CAST(value AS DECIMAL(18, 8)) AS BIGINT))
            FILTER (WHERE rule = 'joint_high') AS joint_high
    FROM ref.report_rule
    WHERE rule IN ('joint_low', 'joint_high')
),

judged AS (
    SELECT
        claim,
        max(named_count) AS named_count,
        count(*) AS found_count,
        string_agg(member || '=' || CAST(value AS STRING), '|' ORDER BY named_at) AS computed,
        bool_or(is_partial) AS is_partial,
        bool_and(
            CASE relation
                WHEN 'predominant' THEN 10000 * numerator >= bound.joint_high * denominator
                ELSE
                    10000 * numerator >= bound.joint_low * denominator
                    AND 10000 * numerator < bound.joint_high * denominator
            END
        ) AS is_inside
    FROM audit.candidate
    CROSS JOIN bound
    WHERE relation IN ('predominant', 'joint') AND is_named
    GROUP BY claim
)

SELECT
    claim.claim,
    CAST(NULL AS BIGINT) AS numerator,
    CAST(NULL AS BIGINT) AS denominator,
    CAST(NULL AS DECIMAL(18, 8)) AS value,
    judged.computed,
    coalesce(judged.found_count = judged.named_count AND judged.is_inside IS NOT NULL, FALSE)
        AS is_computed,
    coalesce(judged.is_partial, FALSE) AS is_partial,
    FALSE AS is_empty,
    judged.is_inside
FROM published.claim AS claim
LEFT JOIN judged ON judged.claim = claim.claim
WHERE claim.relation IN ('predominant', 'joint')
