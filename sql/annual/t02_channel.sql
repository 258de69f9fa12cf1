-- One row: a channel of a year. Key: year, rank.
WITH printed AS (
    SELECT
        figure.period,
        figure.channel,
        coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'record_count'), 0)
            AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_record_count') AS growth_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'channel_share') AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'channel_share')
            AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'channel_share') AS channel_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'channel'
        AND figure.metric IN ('record_count', 'channel_share', 'growth_record_count')
    GROUP BY figure.period, figure.channel
)

SELECT
    loaded.year,
    row_number() OVER (
        PARTITION BY printed.period
        ORDER BY
            CASE WHEN printed.channel = '?' THEN 1 ELSE 0 END,
            printed.record_count DESC,
            printed.channel
    ) AS rank,
    printed.channel,
    printed.record_count,
    printed.growth_rate,
    printed.share_numerator,
    printed.share_denominator,
    printed.channel_share,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
ORDER BY loaded.year, rank
