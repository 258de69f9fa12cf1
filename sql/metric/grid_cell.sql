-- One row: a month's grid events in one member of one cut, as counts that add up.
-- Key: year, month, category, district, street, channel.
-- materialised per partition
-- `*` is not cut by it, `?` is unknown. close_seconds are of the solved events whose time of closing
-- is known (closed_count), so that the mean time to close is exact.
WITH fine AS (
    SELECT
        year, month, category, district, street, channel,
        count(*) AS event_count,
        count(*) FILTER (WHERE is_solved) AS solved_count,
        count(close_seconds) FILTER (WHERE is_solved) AS closed_count,
        coalesce(sum(close_seconds) FILTER (WHERE is_solved), 0) AS close_seconds
    FROM core.grid_event
    GROUP BY year, month, category, district, street, channel
)

SELECT
    year,
    month,
    coalesce(category, '*') AS category,
    coalesce(district, '*') AS district,
    coalesce(street, '*') AS street,
    coalesce(channel, '*') AS channel,
    CAST(sum(event_count) AS BIGINT) AS event_count,
    CAST(sum(solved_count) AS BIGINT) AS solved_count,
    CAST(sum(closed_count) AS BIGINT) AS closed_count,
    CAST(sum(close_seconds) AS BIGINT) AS close_seconds
FROM fine
GROUP BY
    year, month,
    GROUPING SETS (
        (),
        (category),
        (district),
        (channel),
        (category, district),
        (category, channel),
        (district, street)
    )
