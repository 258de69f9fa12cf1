-- One row per event, as stored in data/warehouse/grid_events. Key: record_id.
-- What no register lists is '?'; the name of an unknown class stays as written. An event is solved
-- when its status says so; where the file has no status, when it has a time of closing.
WITH spelling AS (
    SELECT g.grid_class AS alias, g.grid_class FROM ref.grid_class AS g
    UNION
    SELECT unnest(string_split(g.aliases, '|')) AS alias, g.grid_class FROM ref.grid_class AS g
),

class_alias AS (
    SELECT p.alias, min(p.grid_class) AS grid_class
    FROM spelling AS p
    WHERE p.alias <> ''
    GROUP BY p.alias
    HAVING count(DISTINCT p.grid_class) = 1
)

SELECT
    k.record_id,
    y.receipt,
    k.is_last,
    k.received_at,
    k.closed_at,
    date_diff('second', k.received_at, k.closed_at) AS close_seconds,
    coalesce(c.grid_class, k.category, '?') AS category,
    -- A street that has moved brings its district along.
    coalesce(s.district, k.district, '?') AS district,
    coalesce(s.street, '?') AS street,
    coalesce(k.grid, '?') AS grid,
    coalesce(k.channel, '?') AS channel,
    coalesce(k.status, '?') AS status,
    CASE WHEN k.status IS NULL THEN k.closed_at IS NOT NULL ELSE k.status = '已解决' END AS is_solved,
    unread_columns(k.unread) AS unread,
    k.given
FROM staging.kept AS k
CROSS JOIN staging.delivery AS y
LEFT JOIN class_alias AS c ON k.category = c.alias
LEFT JOIN staging.street_alias AS s
    ON
        k.district = s.within
        AND k.place_street = s.alias
        AND in_force_street(k.received_at, s.valid_from, s.valid_to)
