-- title: 各部分对增长的拉动之和应等于总量的增减
-- example: {period}({period_type},口径 {scope}):按 {parts} 的拉动之和 {parts_sum},总量增减 {whole_change}
-- One row: a split whose contributions do not sum to the change of the whole, in a scope and period.
-- Key: scope, period_type, period, parts.
-- Every split keeps its unknown members, so the sum is exact.
WITH part AS (
    SELECT
        metric,
        scope,
        period_type,
        period,
        cut AS parts,
        sum(numerator) AS parts_sum,
        max(denominator) AS whole_before
    FROM metric.growth_contribution
    JOIN metric.cut_member USING (cut_key)
    GROUP BY metric, scope, period_type, period, cut
)

SELECT
    scope,
    period_type,
    period,
    part.parts,
    part.parts_sum,
    whole.this_count - whole.before_count AS whole_change
FROM part
JOIN metric.compared AS whole USING (scope, period_type, period)
JOIN metric.cut_member USING (cut_key)
WHERE
    whole.metric = 'record_count'
    AND cut = 'total'
    AND (
        part.parts_sum <> whole.this_count - whole.before_count
        OR part.whole_before <> whole.before_count
    )
