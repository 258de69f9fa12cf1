-- One row: what a part adds to the growth of its whole. Key: the key of metric.figure_value.
-- The part's change over the whole's count of the year before, so that the parts of one cut sum to
-- the growth of the whole. Unknown members are parts too. Districts are those where the matter is:
-- answers on the spot have no unit, but most have a place.
WITH whole AS (
    SELECT scope, period_type, period, before_count AS whole_before_count
    FROM metric.compared
    JOIN metric.cut_member USING (cut_key)
    WHERE metric = 'record_count' AND cut = 'total'
)

SELECT
    'contribution_' || metric AS metric,
    '-' AS convention,
    scope,
    period_type,
    period,
    cut_key,
    this_count - before_count AS numerator,
    whole_before_count AS denominator,
    is_partial
FROM metric.compared
JOIN metric.cut_member USING (cut_key)
JOIN whole USING (scope, period_type, period)
WHERE
    is_comparable
    AND whole_before_count > 0
    AND (
        metric = 'record_count' AND cut IN ('category', 'channel', 'record_type')
        OR metric = 'place_count'
    )
