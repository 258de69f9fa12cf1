-- One row is one claim of the ledger, with the figure that answers it and the verdict. Key: claim.
--
-- A value stands for an interval [lower, upper), so it is judged by lower * denominator <= numerator
-- < upper * denominator in exact decimals: a quotient of doubles fails at the edges.
-- A list is judged against all members of its dimension; between equal figures the printed order
-- counts as right, since a document has to print them in some order.
-- contradicted comes from the ledger (the claim cannot hold with its neighbours), whatever the
-- records give; the figure is shown all the same.
WITH value_claim AS (
    SELECT
        *,
        -- Which dimensions the claim is cut by: tells an empty cell from a cut that nobody computed.
        CASE WHEN record_type = '*' THEN '-' ELSE 'x' END
        || CASE WHEN category = '*' THEN '-' ELSE 'x' END
        || CASE WHEN subcategory = '*' THEN '-' ELSE 'x' END
        || CASE WHEN handling = '*' THEN '-' ELSE 'x' END
        || CASE WHEN unit_type = '*' THEN '-' ELSE 'x' END
        || CASE WHEN unit = '*' THEN '-' ELSE 'x' END
        || CASE WHEN region = '*' THEN '-' ELSE 'x' END
        || CASE WHEN district = '*' THEN '-' ELSE 'x' END
        || CASE WHEN street = '*' THEN '-' ELSE 'x' END
        || CASE WHEN channel = '*' THEN '-' ELSE 'x' END
        || CASE WHEN desk = '*' THEN '-' ELSE 'x' END AS cut
    FROM published.claim
    WHERE relation IN ('equals', 'at_least')
),

-- Only counts and shares: a cell without records is a true 0 there, but no growth and no rate.
computed_cut AS (
    SELECT
        metric, method_version, convention, scope, date_basis, period_type, period,
        CASE WHEN record_type = '*' THEN '-' ELSE 'x' END
        || CASE WHEN category = '*' THEN '-' ELSE 'x' END
        || CASE WHEN subcategory = '*' THEN '-' ELSE 'x' END
        || CASE WHEN handling = '*' THEN '-' ELSE 'x' END
        || CASE WHEN unit_type = '*' THEN '-' ELSE 'x' END
        || CASE WHEN unit = '*' THEN '-' ELSE 'x' END
        || CASE WHEN region = '*' THEN '-' ELSE 'x' END
        || CASE WHEN district = '*' THEN '-' ELSE 'x' END
        || CASE WHEN street = '*' THEN '-' ELSE 'x' END
        || CASE WHEN channel = '*' THEN '-' ELSE 'x' END
        || CASE WHEN desk = '*' THEN '-' ELSE 'x' END AS cut,
        bool_or(is_partial) AS is_partial
    FROM metric.figure
    WHERE
        (metric LIKE '%_count' OR metric LIKE '%_share') AND metric NOT LIKE 'growth_%'
        -- A cut that holds nothing but unknowns (a dump without the column) was not computed.
        AND '?' NOT IN (
            record_type, category, subcategory, handling, unit_type, unit, region, district,
            street, channel, desk
        )
    GROUP BY ALL
),

value_figure AS (
    SELECT
        value_claim.claim,
        coalesce(figure.numerator, CASE WHEN computed_cut.cut IS NOT NULL THEN 0 END) AS numerator,
        coalesce(figure.denominator, CASE WHEN computed_cut.metric LIKE '%_count' THEN 1 END)
            AS denominator,
        coalesce(figure.value, CASE WHEN computed_cut.cut IS NOT NULL THEN 0 END) AS value,
        CAST(coalesce(figure.numerator, 0) AS DECIMAL(19, 0)) AS exact_numerator,
        CAST(coalesce(figure.denominator, 1) AS DECIMAL(19, 0)) AS exact_denominator,
        CAST(value_claim.lower AS DECIMAL(18, 8)) AS lower,
        CAST(value_claim.upper AS DECIMAL(18, 8)) AS upper,
        coalesce(figure.is_partial, computed_cut.is_partial, FALSE) AS is_partial,
        figure.numerator IS NOT NULL OR computed_cut.cut IS NOT NULL AS is_computed,
        figure.numerator IS NULL AND computed_cut.cut IS NOT NULL AS is_empty
    FROM value_claim
    LEFT JOIN metric.figure AS figure
        ON
            value_claim.metric = figure.metric
            AND value_claim.method_version = figure.method_version
            AND value_claim.convention = figure.convention
            AND value_claim.scope = figure.scope
            AND value_claim.date_basis = figure.date_basis
            AND value_claim.period_type = figure.period_type
            AND value_claim.period = figure.period
            AND value_claim.record_type = figure.record_type
            AND value_claim.category = figure.category
            AND value_claim.subcategory = figure.subcategory
            AND value_claim.handling = figure.handling
            AND value_claim.unit_type = figure.unit_type
            AND value_claim.unit = figure.unit
            AND value_claim.region = figure.region
            AND value_claim.district = figure.district
            AND value_claim.street = figure.street
            AND value_claim.channel = figure.channel
            AND value_claim.desk = figure.desk
    LEFT JOIN computed_cut
        ON
            value_claim.metric = computed_cut.metric
            AND value_claim.method_version = computed_cut.method_version
            AND value_claim.convention = computed_cut.convention
            AND value_claim.scope = computed_cut.scope
            AND value_claim.date_basis = computed_cut.date_basis
            AND value_claim.period_type = computed_cut.period_type
            AND value_claim.period = computed_cut.period
            AND value_claim.cut = computed_cut.cut
),

value_result AS (
    SELECT
        claim,
        numerator,
        denominator,
        value,
        CAST(NULL AS VARCHAR) AS computed,
        is_computed,
        is_partial,
        is_empty,
        lower * exact_denominator <= exact_numerator
        AND (upper IS NULL OR exact_numerator < upper * exact_denominator) AS is_inside
    FROM value_figure
),

list_claim AS (
    SELECT
        *,
        CASE
            WHEN relation = 'top_members'
                THEN CAST(substring(printed, 1, instr(printed, ':') - 1) AS INTEGER)
            ELSE length(members) - length(replace(members, '|', '')) + 1
        END AS listed_count
    FROM published.claim
    WHERE relation IN ('ranked_list', 'largest', 'smallest', 'top_members')
),

-- One row per list and member that could have been printed in it.
candidate AS (
    SELECT
        claim.claim,
        claim.relation,
        claim.listed_count,
        claim.members,
        CASE claim.dimension
            WHEN 'period' THEN figure.period
            WHEN 'record_type' THEN figure.record_type
            WHEN 'category' THEN figure.category
            WHEN 'subcategory' THEN figure.subcategory
            WHEN 'handling' THEN figure.handling
            WHEN 'unit_type' THEN figure.unit_type
            WHEN 'unit' THEN figure.unit
            WHEN 'region' THEN figure.region
            WHEN 'district' THEN figure.district
            WHEN 'channel' THEN figure.channel
            WHEN 'desk' THEN figure.desk
            -- Two districts have a street of the same name: a street is told by both.
            WHEN 'street'
                THEN CASE
                    WHEN figure.district IN ('*', '?') OR figure.street IN ('*', '?') THEN '?'
                    ELSE figure.district || '/' || figure.street
                END
        END AS member,
        figure.district,
        CAST(figure.numerator AS DECIMAL(19, 0)) AS numerator,
        CAST(figure.denominator AS DECIMAL(19, 0)) AS denominator,
        figure.is_partial
    FROM list_claim AS claim
    INNER JOIN metric.figure AS figure
        ON
            claim.metric = figure.metric
            AND claim.method_version = figure.method_version
            AND claim.convention = figure.convention
            AND claim.scope = figure.scope
            AND claim.date_basis = figure.date_basis
            AND claim.period_type = figure.period_type
            AND claim.period = CASE
                WHEN claim.dimension = 'period' THEN substring(figure.period, 1, 4)
                ELSE figure.period
            END
            AND (claim.dimension = 'record_type' OR claim.record_type = figure.record_type)
            AND (claim.dimension = 'category' OR claim.category = figure.category)
            AND (claim.dimension = 'subcategory' OR claim.subcategory = figure.subcategory)
            AND (claim.dimension = 'handling' OR claim.handling = figure.handling)
            AND (claim.dimension = 'unit_type' OR claim.unit_type = figure.unit_type)
            AND (claim.dimension = 'unit' OR claim.unit = figure.unit)
            AND (claim.dimension = 'region' OR claim.region = figure.region)
            AND (claim.dimension IN ('district', 'street') OR claim.district = figure.district)
            AND (claim.dimension = 'street' OR claim.street = figure.street)
            AND (claim.dimension = 'channel' OR claim.channel = figure.channel)
            AND (claim.dimension = 'desk' OR claim.desk = figure.desk)
),

contender AS (
    SELECT
        *,
        -- Order among equal figures: as printed, then the members that are not listed.
        CASE
            WHEN relation = 'top_members' OR instr('|' || members || '|', '|' || member || '|') = 0
                THEN length(members) + 1
            ELSE instr('|' || members || '|', '|' || member || '|')
        END AS tie_order
    FROM candidate
    WHERE member NOT IN ('*', '?')
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
        CAST(listed_count AS VARCHAR) || ':'
        || string_agg(
            district || '=' || CAST(member_count AS VARCHAR), '|' ORDER BY listed_at, district
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
),

list_result AS (
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
    FROM list_claim AS claim
    LEFT JOIN list_text ON claim.claim = list_text.claim
    LEFT JOIN list_partial ON claim.claim = list_partial.claim
    LEFT JOIN loaded_month
        ON
            claim.metric = loaded_month.metric
            AND claim.scope = loaded_month.scope
            AND claim.period = loaded_month.year
),

result AS (
    SELECT * FROM value_result
    UNION ALL
    SELECT * FROM list_result
)

SELECT
    claim.claim,
    claim.section,
    claim.label,
    claim.scope,
    claim.relation,
    claim.printed,
    claim.lower,
    claim.upper,
    result.numerator,
    result.denominator,
    result.value,
    result.computed,
    CASE
        WHEN claim.status = 'contradicted' THEN 'contradicted'
        WHEN NOT result.is_computed OR result.is_partial THEN 'not computable'
        WHEN claim.printed LIKE '%**%' THEN 'not published'
        WHEN result.is_inside THEN 'reproduced'
        ELSE 'differs'
    END AS verdict,
    CASE
        WHEN claim.status = 'contradicted' AND result.is_inside
            THEN claim.reason || '(但本次数据落在公布的区间内)'
        WHEN claim.status = 'contradicted' THEN claim.reason
        WHEN NOT result.is_computed THEN '指标表里没有这个口径和切分'
        WHEN result.is_partial THEN '时段的数据不全'
        WHEN claim.printed LIKE '%**%' THEN '原文空缺'
        WHEN result.is_empty THEN '没有这样的记录,按 0 计'
        ELSE ''
    END AS reason
FROM published.claim AS claim
INNER JOIN result ON claim.claim = result.claim
ORDER BY claim.claim
