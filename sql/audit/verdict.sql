-- One row is one claim of the ledger, with the figure that answers it and the verdict. Key: claim.
--
-- contradicted comes from the ledger as a whole (the claim cannot hold with its neighbours),
-- whatever the records give; the figure is shown all the same. Where the records lack the columns
-- (metric.lacking), the claim is not computable, and a member without records is not 0. context and
-- garbled assert nothing that records could answer.
WITH result AS (
    SELECT * FROM audit.value_result
    UNION ALL
    SELECT * FROM audit.list_result
    UNION ALL
    SELECT * FROM audit.trend_result
    UNION ALL
    SELECT * FROM audit.part_result
    UNION ALL
    SELECT * FROM audit.above_result
),

lacks AS (
    SELECT claim.claim, max(lacking.needs) AS needs
    FROM published.claim AS claim
    INNER JOIN metric.lacking AS lacking
        ON
            lacking.period_type = claim.period_type
            AND lacking.period = claim.period
            AND lacking.metric IN (claim.metric, '*')
            AND lacking.cut IN (claim.cut, '*')
    GROUP BY claim.claim
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
        WHEN claim.status IN ('context', 'garbled') THEN 'not computable'
        WHEN NOT result.is_computed OR result.is_partial THEN 'not computable'
        WHEN lacks.needs IS NOT NULL AND result.is_empty THEN 'not computable'
        WHEN claim.printed LIKE '%**%' THEN 'not published'
        WHEN result.is_inside THEN 'reproduced'
        ELSE 'differs'
    END AS verdict,
    CASE
        WHEN claim.status = 'contradicted' AND result.is_inside
            THEN claim.reason || '(但本次数据落在公布的区间内)'
        WHEN claim.status <> '' THEN claim.reason
        WHEN
            lacks.needs IS NOT NULL
            AND (NOT result.is_computed OR result.is_partial OR result.is_empty)
            THEN '记录没有' || lacks.needs || ',或只有部分月份有'
        WHEN NOT result.is_computed THEN '指标表里没有这个口径和切分'
        WHEN result.is_partial THEN '时段的数据不全'
        WHEN claim.printed LIKE '%**%' THEN '原文空缺,此处按本次数据算出'
        WHEN result.is_empty THEN '没有这样的记录,按 0 计'
        ELSE ''
    END AS reason
FROM published.claim AS claim
INNER JOIN result ON claim.claim = result.claim
LEFT JOIN lacks ON claim.claim = lacks.claim
ORDER BY claim.claim
