-- One row: a channel of a year. Key: year, rank.
SELECT
    year,
    row_number() OVER (PARTITION BY year ORDER BY channel = '?', record_count DESC, channel) AS rank,
    channel,
    record_count,
    growth_rate,
    share_numerator,
    share_denominator,
    share AS channel_share,
    is_partial
FROM metric.section_count
WHERE counted = 'record_count' AND period_type = 'year' AND cut = 'channel'
ORDER BY year, rank
