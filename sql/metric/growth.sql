-- One row: the change of a count on the same months of the year before, over that year's count.
-- Key: the key of metric.figure.
-- Only months loaded in both years are compared, and only scopes that both years have. A member
-- that is gone this year falls by the whole of its count; a new one has nothing to grow from, so
-- it has no row. It is partial where either year is.
WITH loaded AS (
    SELECT DISTINCT period.year, period.month, scope.scope
    FROM metric.period AS period
    JOIN metric.scope AS scope ON scope.year = period.year
),

compared AS (
    SELECT
        loaded.year,
        loaded.month,
        loaded.scope
    FROM loaded
    JOIN loaded AS before
        ON
            before.year = loaded.year - 1
            AND before.month = loaded.month
            AND before.scope = loaded.scope
),

monthly AS (
    SELECT
        tally.*,
        period.month
    FROM metric.tally AS tally
    JOIN metric.period AS period
        ON period.period_type = tally.period_type AND period.period = tally.period
    WHERE
        tally.period_type = 'month'
        AND (
            tally.metric = 'record_count'
            AND tally.cut IN (
                'total', 'record_type', 'category', 'category subcategory', 'record_type category',
                'handling', 'channel', 'handling channel', 'category handling', 'handling desk',
                'desk', 'unit_type', 'epidemic', 'tag'
            )
            OR tally.metric = 'district_handled_count'
            AND tally.cut IN ('total', 'region', 'district')
        )
),

side AS (
    SELECT
        monthly.*,
        compared.year AS report_year,
        monthly.record_count AS this_count,
        0 AS before_count
    FROM monthly
    JOIN compared
        ON
            compared.year = monthly.year
            AND compared.month = monthly.month
            AND compared.scope = monthly.scope
    UNION ALL
    SELECT
        monthly.*,
        compared.year AS report_year,
        0 AS this_count,
        monthly.record_count AS before_count
    FROM monthly
    JOIN compared
        ON
            compared.year = monthly.year + 1
            AND compared.month = monthly.month
            AND compared.scope = monthly.scope
),

-- The months of a period, with whether the period or the one it is compared with is partial.
reported AS (
    SELECT
        period.year,
        period.month,
        period.period_type,
        period.period,
        period.is_partial OR before.is_partial AS is_partial
    FROM metric.period AS period
    JOIN metric.period AS before
        ON
            before.year = period.year - 1
            AND before.month = period.month
            AND before.period_type = period.period_type
)

SELECT
    'growth_' || side.metric AS metric,
    '1' AS method_version,
    '-' AS convention,
    side.scope,
    'received' AS date_basis,
    reported.period_type,
    reported.period,
    side.record_type,
    side.category,
    side.subcategory,
    side.handling,
    side.unit_type,
    side.unit,
    side.region,
    side.district,
    side.street,
    side.channel,
    side.desk,
    side.platform,
    side.praise_form,
    side.epidemic,
    side.tag,
    CAST(sum(side.this_count) - sum(side.before_count) AS BIGINT) AS numerator,
    CAST(sum(side.before_count) AS BIGINT) AS denominator,
    reported.is_partial,
    side.cut
FROM side
JOIN reported ON reported.year = side.report_year AND reported.month = side.month
GROUP BY
    side.metric, side.scope, reported.period_type, reported.period,
    side.record_type, side.category, side.subcategory, side.handling, side.unit_type, side.unit,
    side.region, side.district, side.street, side.channel, side.desk,
    side.platform, side.praise_form, side.epidemic, side.tag,
    reported.is_partial, side.cut
HAVING sum(side.before_count) > 0
