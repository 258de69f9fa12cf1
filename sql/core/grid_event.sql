-- One row: an event of a grid, from the delivery that counts. Key: record_id.
-- category is the class, one per department's function; channel is who reported it.
SELECT *
FROM core.grid_event_row
WHERE NOT is_contested
UNION ALL
SELECT *
FROM core.grid_event_row AS d
WHERE
    d.is_contested
    AND NOT EXISTS (
        SELECT 1
        FROM core.grid_superseded AS s
        WHERE
            s.year = d.year
            AND s.month = d.month
            AND s.record_id = d.record_id
            AND s.receipt = d.receipt
    )
