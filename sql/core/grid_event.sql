-- One row: an event of a grid, from the delivery that counts. Key: record_id.
-- category is the class, one per department's function; channel is who reported it.
-- What several deliveries hold of one event is in core.grid_merged (see core.dispatch).
SELECT
    d.record_id, d.receipt, d.is_last, d.received_at, d.closed_at, d.close_seconds, d.category,
    d.district, d.street, d.grid, d.channel, d.status, d.is_solved, d.unread, d.given,
    d.year, d.month, d.is_contested
FROM source.grid_event_row AS d
WHERE NOT d.is_contested
UNION ALL
SELECT
    d.record_id, d.receipt, d.is_last, d.received_at, d.closed_at, d.close_seconds, d.category,
    d.district, d.street, d.grid, d.channel, d.status, d.is_solved, d.unread, d.given,
    d.year, d.month, d.is_contested
FROM source.grid_event_row AS d
WHERE
    d.is_contested
    AND NOT EXISTS (
        SELECT 1
        FROM core.grid_superseded AS s
        WHERE s.is_whole AND s.year = d.year AND s.month = d.month AND s.receipt = d.receipt
    )
    AND NOT EXISTS (
        SELECT 1
        FROM core.grid_superseded AS s
        WHERE
            NOT s.is_whole
            AND s.year = d.year
            AND s.month = d.month
            AND s.record_id = d.record_id
            AND s.receipt = d.receipt
    )
    AND NOT EXISTS (
        SELECT 1
        FROM core.grid_merged AS m
        WHERE m.year = d.year AND m.month = d.month AND m.record_id = d.record_id
    )
UNION ALL
SELECT
    m.record_id, m.receipt, m.is_last, m.received_at, m.closed_at, m.close_seconds, m.category,
    m.district, m.street, m.grid, m.channel, m.status, m.is_solved, m.unread, m.given,
    m.year, m.month, TRUE AS is_contested
FROM core.grid_merged AS m
JOIN source.mixed_grid_event_row AS x ON x.year = m.year AND x.month = m.month
