-- One row: a year on one of its scopes. Key: year, scope.
-- The documents of a year count on different scopes (see ref.scope_use), so all of them are side
-- by side: a total of one never meets a part of another. A count that the dump cannot give (no
-- channel, no handling) is null, not zero; so are the change by the mean day where both years have
-- as many days, and the first two months where the Spring Festival did not move.
WITH part AS (
    SELECT
        loaded.year,
        figure.scope,
        figure.cut,
        figure.handling,
        figure.channel,
        max(figure.numerator) FILTER (WHERE figure.metric = 'record_count') AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_record_count') AS growth_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_daily_record_count')
            AS daily_growth_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'first_months_count')
            AS first_months_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_first_months_count')
            AS first_months_growth_rate,
        loaded.is_partial
    FROM metric.figure AS figure
    JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS STRING) = figure.period
    WHERE
        figure.period_type = 'year'
        AND figure.metric IN (
            'record_count', 'growth_record_count', 'growth_daily_record_count',
            'first_months_count', 'growth_first_months_count'
        )
        AND figure.cut IN ('total', 'handling', 'channel', 'handling channel')
    GROUP BY
        loaded.year, figure.scope, figure.cut, figure.handling, figure.channel, loaded.is_partial
)

SELECT
    year,
    scope,
    max(record_count) FILTER (WHERE cut = 'total') AS record_count,
    max(growth_rate) FILTER (WHERE cut = 'total') AS growth_rate,
    max(daily_growth_rate) AS daily_growth_rate,
    max(first_months_count) AS first_months_count,
    max(first_months_growth_rate) AS first_months_growth_rate,
    max(record_count) FILTER (WHERE cut = 'handling' AND handling = '派单') AS dispatched_count,
    max(growth_rate) FILTER (WHERE cut = 'handling' AND handling = '派单')
        AS dispatched_growth_rate,
    max(record_count) FILTER (WHERE cut = 'handling' AND handling = '直接解答') AS direct_count,
    max(growth_rate) FILTER (WHERE cut = 'handling' AND handling = '直接解答')
        AS direct_growth_rate,
    max(record_count) FILTER (WHERE cut = 'channel' AND channel = '电话') AS phone_count,
    max(growth_rate) FILTER (WHERE cut = 'channel' AND channel = '电话') AS phone_growth_rate,
    max(record_count) FILTER (WHERE cut = 'channel' AND channel = '网络') AS online_count,
    max(growth_rate) FILTER (WHERE cut = 'channel' AND channel = '网络') AS online_growth_rate,
    max(record_count) FILTER (WHERE handling = '派单' AND channel = '网络')
        AS online_dispatched_count,
    max(growth_rate) FILTER (WHERE handling = '派单' AND channel = '网络')
        AS online_dispatched_growth_rate,
    is_partial
FROM part
GROUP BY year, scope, is_partial
ORDER BY year, scope
