-- One row is one claim of who takes the larger part, with the named members' shares.
-- Key: claim.
--
-- predominant: each named member's share is at least 60%; joint: between 40% and 60%.
WITH judged AS (
    SELECT
        claim,
        max(named_count) AS named_count,
        count(*) AS found_count,
        string_agg(member || '=' || CAST(value AS VARCHAR), '|' ORDER BY named_at) AS computed,
        bool_or(is_partial) AS is_partial,
        bool_and(
            CASE relation
                WHEN 'predominant' THEN 5 * numerator >= 3 * denominator
                ELSE 5 * numerator >= 2 * denominator AND 5 * numerator < 3 * denominator
            END
        ) AS is_inside
    FROM audit.candidate
    WHERE relation IN ('predominant', 'joint') AND is_named
    GROUP BY claim
)

SELECT
    claim.claim,
    CAST(NULL AS BIGINT) AS numerator,
    CAST(NULL AS BIGINT) AS denominator,
    CAST(NULL AS DECIMAL(18, 8)) AS value,
    judged.computed,
    coalesce(judged.found_count = judged.named_count, FALSE) AS is_computed,
    coalesce(judged.is_partial, FALSE) AS is_partial,
    FALSE AS is_empty,
    judged.is_inside
FROM published.claim AS claim
LEFT JOIN judged ON judged.claim = claim.claim
WHERE claim.relation IN ('predominant', 'joint')
