-- title: 各类型、类别、渠道等的分项之和应等于合计
-- example: {period}({period_type},口径 {scope})的 {metric}:按 {parts} 的分项之和 {parts_sum},合计 {whole_count}
-- One row: a cut whose parts do not sum to their total, in a scope and period.
-- Key: metric, scope, period_type, period, parts.
-- Every cut keeps its unknown members, so each must sum exactly: cuts by unit to the dispatched,
-- streets to the records of unit type 街乡镇, all others to the total.
WITH counted AS (
    SELECT tally.*, cut, handling, unit_type
    FROM metric.tally AS tally
    JOIN metric.cut_member ON cut_member.cut_key = tally.cut_key
),

part AS (
    SELECT
        metric,
        scope,
        period_type,
        period,
        cut AS parts,
        CASE
            WHEN cut = 'unit_type district street' THEN 'street'
            WHEN cut LIKE '%unit_type%' THEN 'dispatched'
            ELSE 'total'
        END AS whole,
        sum(record_count) AS parts_sum
    FROM counted
    WHERE metric <> 'place_count'
    GROUP BY metric, scope, period_type, period, cut
),

whole AS (
    SELECT metric, scope, period_type, period, 'total' AS whole, record_count AS whole_count
    FROM counted
    WHERE cut = 'total'
    UNION ALL
    SELECT metric, scope, period_type, period, 'dispatched' AS whole, record_count AS whole_count
    FROM counted
    WHERE metric = 'record_count' AND cut = 'handling' AND handling = '派单'
    UNION ALL
    SELECT metric, scope, period_type, period, 'street' AS whole, record_count AS whole_count
    FROM counted
    WHERE metric = 'record_count' AND cut = 'unit_type' AND unit_type = '街乡镇'
)

SELECT
    part.metric,
    part.scope,
    part.period_type,
    part.period,
    part.parts,
    part.parts_sum,
    whole.whole_count
FROM part
LEFT JOIN whole
    ON
        whole.metric = part.metric
        AND whole.scope = part.scope
        AND whole.period_type = part.period_type
        AND whole.period = part.period
        AND whole.whole = part.whole
WHERE part.parts_sum <> coalesce(whole.whole_count, 0)
UNION ALL
SELECT
    place.metric,
    place.scope,
    place.period_type,
    place.period,
    place.cut AS parts,
    sum(place.record_count) AS parts_sum,
    max(whole.whole_count) AS whole_count
FROM counted AS place
LEFT JOIN whole
    ON
        whole.metric = 'record_count'
        AND whole.whole = 'total'
        AND whole.scope = place.scope
        AND whole.period_type = place.period_type
        AND whole.period = place.period
WHERE place.metric = 'place_count'
GROUP BY place.metric, place.scope, place.period_type, place.period, place.cut
HAVING sum(place.record_count) <> coalesce(max(whole.whole_count), 0)
