-- One row: what a part adds to the growth of its whole. Key: the key of metric.figure.
-- The part's change over the whole's count of the year before, so that the parts of one cut sum to
-- the growth of the whole. Unknown members are parts too. Districts are those where the matter lies:
-- answers on the spot have no unit, but most have a place.
WITH part AS (
    SELECT
        metric, scope, period_type, period, is_partial, cut,
        record_type, category, subcategory, handling, unit_type, unit, region, district, street,
        channel, desk, platform, praise_form, epidemic, tag,
        this_count - before_count AS change_count
    FROM metric.compared
    WHERE metric = 'record_count' AND cut IN ('category', 'channel', 'record_type')
    UNION ALL
    SELECT
        metric, scope, period_type, period, is_partial, 'district' AS cut,
        '*' AS record_type, category, subcategory, handling, unit_type, unit, region, district,
        street, channel, desk, platform, praise_form, epidemic, tag,
        sum(this_count - before_count) AS change_count
    FROM metric.compared
    WHERE metric = 'place_count' AND cut = 'record_type district'
    GROUP BY
        metric, scope, period_type, period, is_partial,
        category, subcategory, handling, unit_type, unit, region, district, street, channel, desk,
        platform, praise_form, epidemic, tag
),

joined AS (
    SELECT
        part.*,
        whole.before_count AS whole_before_count
    FROM part
    JOIN metric.compared AS whole
        ON
            whole.metric = 'record_count'
            AND whole.cut = 'total'
            AND whole.scope = part.scope
            AND whole.period_type = part.period_type
            AND whole.period = part.period
)

SELECT
    'contribution_' || metric AS metric,
    '1' AS method_version,
    '-' AS convention,
    joined.scope,
    'received' AS date_basis,
    joined.period_type,
    joined.period,
    record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag,
    CAST(change_count AS BIGINT) AS numerator,
    whole_before_count AS denominator,
    joined.is_partial,
    joined.cut
FROM joined
LEFT JOIN metric.cut_uncompared AS uncompared
    ON
        uncompared.scope = joined.scope
        AND uncompared.cut = joined.cut
        AND uncompared.period_type = joined.period_type
        AND uncompared.period = joined.period
        AND NOT uncompared.is_previous
WHERE joined.whole_before_count > 0 AND uncompared.cut IS NULL
