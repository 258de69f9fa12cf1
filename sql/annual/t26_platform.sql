-- One row: a platform of a channel and what it brought. Key: year, channel, rank.
-- A channel whose platforms are all unknown is left out: its total stands among the channels.
WITH printed AS (
    SELECT
        figure.period,
        figure.channel,
        figure.platform,
        max(figure.numerator) FILTER (WHERE figure.metric = 'record_count') AS record_count,
        max(figure.numerator) FILTER (WHERE figure.metric = 'platform_share') AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'platform_share')
            AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'platform_share') AS platform_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'channel platform'
        AND figure.metric IN ('record_count', 'platform_share')
    GROUP BY figure.period, figure.channel, figure.platform
),

known AS (
    SELECT period, channel
    FROM printed
    WHERE platform <> '?' AND channel <> '?'
    GROUP BY period, channel
)

SELECT
    loaded.year,
    printed.channel,
    row_number() OVER (
        PARTITION BY printed.period, printed.channel
        ORDER BY
            CASE WHEN printed.platform = '?' THEN 1 ELSE 0 END,
            printed.record_count DESC,
            printed.platform
    ) AS rank,
    printed.platform,
    printed.record_count,
    printed.share_numerator,
    printed.share_denominator,
    printed.platform_share,
    loaded.is_partial
FROM printed
JOIN known ON known.period = printed.period AND known.channel = printed.channel
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
LEFT JOIN ref.member AS channel
    ON channel.dimension = 'channel' AND channel.member = printed.channel
ORDER BY loaded.year, channel.sort_order NULLS LAST, printed.channel, rank
