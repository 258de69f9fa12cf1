-- One row is one claim of an order among members, with the order that the records give.
-- Key: claim.
--
-- A list is judged against all members of its dimension (`order`: against the named ones alone);
-- between equal figures the printed order counts as right, since a document has to print them in
-- some order.
WITH contender AS (
    SELECT
        candidate.*,
        CASE
            WHEN candidate.relation = 'top_members'
                THEN CAST(substring(claim.printed, 1, instr(claim.printed, ':') - 1) AS INTEGER)
            ELSE candidate.named_count
        END AS listed_count,
        -- Order among equal figures: as printed, then the members that are not listed.
        CASE
            WHEN candidate.relation = 'top_members' OR NOT candidate.is_named
                THEN length(candidate.members) + 1
            ELSE candidate.named_at
        END AS tie_order
    FROM audit.candidate AS candidate
    INNER JOIN published.claim AS claim ON claim.claim = candidate.claim
    WHERE
        candidate.relation IN ('ranked_list', 'largest', 'smallest', 'top_members')
        OR candidate.relation = 'order' AND candidate.is_named
),

-- Rates and per-10k figures of one list have different denominators: compared crosswise, exactly.
placed AS (
    SELECT
        one.claim,
        one.relation,
        one.member,
        one.district,
        one.listed_count,
        one.members,
        one.is_partial,
        count(other.member) + 1 AS place
    FROM contender AS one
    LEFT JOIN contender AS other
        ON
            one.claim = other.claim
            AND one.member <> other.member
            AND (
                CASE
                    WHEN one.relation = 'smallest'
                        THEN
                            other.numerator * one.denominator < one.numerator * other.denominator
                    ELSE other.numerator * one.denominator > one.numerator * other.denominator
                END
                OR (
                    other.numerator * one.denominator = one.numerator * other.denominator
                    AND (
                        other.tie_order < one.tie_order
                        OR (other.tie_order = one.tie_order AND other.member < one.member)
                    )
                )
            )
    GROUP BY
        one.claim, one.relation, one.member, one.district, one.listed_count, one.members,
        one.is_partial
),

district_tally AS (
    SELECT
        claim,
        listed_count,
        district,
        count(*) AS member_count,
        CASE
            WHEN instr('|' || members || '|', '|' || district || '|') = 0 THEN length(members) + 3
            ELSE instr('|' || members || '|', '|' || district || '|')
        END AS listed_at
    FROM placed
    WHERE relation = 'top_members' AND place <= listed_count
    GROUP BY claim, listed_count, district, members
),

list_text AS (
    SELECT
        claim,
        string_agg(member, '|' ORDER BY place) AS computed
    FROM placed
    WHERE relation <> 'top_members' AND place <= listed_count
    GROUP BY claim
    UNION ALL
    SELECT
        claim,
        CAST(listed_count AS STRING) || ':'
        || string_agg(
            district || '=' || CAST(member_count AS STRING), '|' ORDER BY listed_at, district
        ) AS computed
    FROM district_tally
    GROUP BY claim, listed_count
),

-- A peak over eleven months is no peak of the year.
loaded_month AS (
    SELECT
        metric, scope, substring(period, 1, 4) AS year, count(DISTINCT period) AS month_count
    FROM metric.figure
    WHERE period_type = 'month'
    GROUP BY metric, scope, substring(period, 1, 4)
),

list_partial AS (
    SELECT claim, bool_or(is_partial) AS is_partial
    FROM placed
    GROUP BY claim
)

SELECT
    claim.claim,
    CAST(NULL AS BIGINT) AS numerator,
    CAST(NULL AS BIGINT) AS denominator,
    CAST(NULL AS DECIMAL(18, 8)) AS value,
    list_text.computed,
    list_text.computed IS NOT NULL AS is_computed,
    coalesce(list_partial.is_partial, FALSE)
    OR (claim.dimension = 'period' AND coalesce(loaded_month.month_count, 0) < 12)
        AS is_partial,
    FALSE AS is_empty,
    list_text.computed
    = CASE WHEN claim.relation = 'top_members' THEN claim.printed ELSE claim.members END
        AS is_inside
FROM published.claim AS claim
LEFT JOIN list_text ON claim.claim = list_text.claim
LEFT JOIN list_partial ON claim.claim = list_partial.claim
LEFT JOIN loaded_month
    ON
        claim.metric = loaded_month.metric
        AND claim.scope = loaded_month.scope
        AND claim.period = loaded_month.year
WHERE claim.relation IN ('ranked_list', 'largest', 'smallest', 'top_members', 'order')
