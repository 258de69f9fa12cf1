-- One row: a platform of a channel and what it brought. Key: year, channel, rank.
-- A channel whose platforms are all unknown is left out: its total is among the channels.
WITH printed AS (
    SELECT *, bool_or(platform <> '?') OVER (PARTITION BY year, channel) AS is_known
    FROM metric.section_count
    WHERE
        counted = 'record_count'
        AND period_type = 'year'
        AND cut = 'channel platform'
        AND channel <> '?'
        AND record_count > 0
)

SELECT
    printed.year,
    printed.channel,
    row_number() OVER (
        PARTITION BY printed.year, printed.channel
        ORDER BY printed.platform = '?', printed.record_count DESC, printed.platform
    ) AS rank,
    printed.platform,
    printed.record_count,
    printed.share_numerator,
    printed.share_denominator,
    printed.share AS platform_share,
    printed.is_partial
FROM printed
LEFT JOIN ref.member AS known
    ON known.dimension = 'channel' AND known.member = printed.channel
WHERE printed.is_known
ORDER BY printed.year, known.sort_order NULLS LAST, printed.channel, rank
