-- One row: an event that several deliveries hold, each with other columns. Key: record_id.
-- materialised per partition
-- The rule of core.merged_dispatch: a newer delivery replaces the columns that it has, and one that
-- it lacks keeps the value of the newest delivery that has it. A street is kept only in its district.
-- An event is solved when its status says so, and without a status when it has a time of closing
-- (as in staging). The time to closing is unknown where the time of the report has changed since.
WITH arrived AS (
    SELECT DISTINCT d.year, d.month, d.record_id
    FROM source.grid_event_row AS d
    JOIN core.moved_id AS m
        ON m.entity = 'grid_event' AND m.record_id = d.record_id AND m.receipt = d.receipt
    WHERE d.is_mixed
),

held AS (
    SELECT
        d.year, d.month, d.record_id, d.receipt, d.received_at, d.closed_at, d.close_seconds,
        d.category, d.district, d.street, d.grid, d.channel, d.status, d.unread, d.given
    FROM source.grid_event_row AS d
    LEFT JOIN core.moved_id AS m ON m.entity = 'grid_event' AND m.record_id = d.record_id
    LEFT JOIN arrived AS a
        ON a.year = d.year AND a.month = d.month AND a.record_id = d.record_id
    WHERE d.is_mixed AND d.is_last AND (m.record_id IS NULL OR a.record_id IS NOT NULL)
    UNION ALL
    SELECT
        a.year, a.month, s.record_id, s.receipt, s.received_at, s.closed_at, s.close_seconds,
        s.category, s.district, s.street, s.grid, s.channel, s.status, s.unread, s.given
    FROM source.shared_grid_event_row AS s
    JOIN arrived AS a ON a.record_id = s.record_id
    WHERE s.is_last AND (s.year <> a.year OR s.month <> a.month)
),

delivered AS (
    SELECT DISTINCT h.receipt, h.given
    FROM held AS h
),

layout AS (
    SELECT
        s.receipt,
        s.given,
        r.precedence,
        r.is_supplement,
        s.given LIKE '%|closed_at|%' AS has_closed_at,
        s.given LIKE '%|category|%' AS has_category,
        s.given LIKE '%|place_district|%' AS has_place_district,
        s.given LIKE '%|place_district|%' AND s.given LIKE '%|place_street|%' AS has_place_street,
        s.given LIKE '%|grid|%' AS has_grid,
        s.given LIKE '%|channel|%' AS has_channel,
        s.given LIKE '%|status|%' AS has_status
    FROM delivered AS s
    JOIN source.receipt AS r ON r.receipt = s.receipt
),

giver AS (
    SELECT
        h.year,
        h.month,
        h.record_id,
        max(CASE WHEN NOT l.is_supplement THEN l.precedence END) AS base,
        max(CASE WHEN l.has_closed_at THEN l.precedence END) AS closed_at,
        max(CASE WHEN l.has_category THEN l.precedence END) AS category,
        max(CASE WHEN l.has_place_district THEN l.precedence END) AS place_district,
        max(CASE WHEN l.has_place_street THEN l.precedence END) AS place_street,
        max(CASE WHEN l.has_grid THEN l.precedence END) AS grid,
        max(CASE WHEN l.has_channel THEN l.precedence END) AS channel,
        max(CASE WHEN l.has_status THEN l.precedence END) AS status
    FROM held AS h
    JOIN layout AS l ON l.receipt = h.receipt AND l.given = h.given
    GROUP BY h.year, h.month, h.record_id
    HAVING min(l.precedence) < max(l.precedence) AND min(h.given) < max(h.given)
),

needed AS (
    SELECT
        g.*,
        concat(
            '|',
            CASE WHEN g.closed_at <> g.base THEN concat('closed_at=', g.closed_at, '|') ELSE '' END,
            CASE WHEN g.category <> g.base THEN concat('category=', g.category, '|') ELSE '' END,
            CASE
                WHEN g.place_district <> g.base THEN concat('place_district=', g.place_district, '|')
                ELSE ''
            END,
            CASE
                WHEN g.place_street <> g.base THEN concat('place_street=', g.place_street, '|') ELSE ''
            END,
            CASE WHEN g.grid <> g.base THEN concat('grid=', g.grid, '|') ELSE '' END,
            CASE WHEN g.channel <> g.base THEN concat('channel=', g.channel, '|') ELSE '' END,
            CASE WHEN g.status <> g.base THEN concat('status=', g.status, '|') ELSE '' END
        ) AS kept_from
    FROM giver AS g
    WHERE g.base IS NOT NULL
),

taken AS (
    SELECT
        n.year,
        n.month,
        n.record_id,
        n.kept_from,
        max(CASE WHEN r.precedence = n.base THEN h.receipt END) AS receipt,
        max(CASE WHEN r.precedence = n.base THEN h.given END) AS given,
        max(CASE WHEN r.precedence = n.base THEN h.received_at END) AS received_at,
        max(CASE WHEN r.precedence = n.closed_at THEN h.closed_at END) AS closed_at,
        max(CASE WHEN r.precedence = n.closed_at THEN h.close_seconds END) AS close_seconds,
        max(CASE WHEN r.precedence = n.closed_at THEN h.received_at END) AS closed_received_at,
        max(CASE WHEN r.precedence = n.closed_at THEN h.unread END) AS unread,
        max(CASE WHEN r.precedence = n.category THEN h.category END) AS category,
        max(CASE WHEN r.precedence = n.place_district THEN h.district END) AS district,
        max(CASE WHEN r.precedence = n.place_street THEN h.street END) AS street,
        max(CASE WHEN r.precedence = n.place_street THEN h.district END) AS street_district,
        max(CASE WHEN r.precedence = n.grid THEN h.grid END) AS grid,
        max(CASE WHEN r.precedence = n.channel THEN h.channel END) AS channel,
        max(CASE WHEN r.precedence = n.status THEN h.status END) AS status
    FROM needed AS n
    JOIN held AS h ON h.year = n.year AND h.month = n.month AND h.record_id = n.record_id
    JOIN source.receipt AS r ON r.receipt = h.receipt
    GROUP BY n.year, n.month, n.record_id, n.kept_from
)

SELECT
    t.record_id,
    t.receipt,
    TRUE AS is_last,
    t.received_at,
    t.closed_at,
    CASE WHEN t.closed_received_at = t.received_at THEN t.close_seconds END AS close_seconds,
    coalesce(t.category, '?') AS category,
    coalesce(t.district, '?') AS district,
    CASE WHEN t.street_district = t.district THEN coalesce(t.street, '?') ELSE '?' END AS street,
    coalesce(t.grid, '?') AS grid,
    coalesce(t.channel, '?') AS channel,
    coalesce(t.status, '?') AS status,
    CASE
        WHEN coalesce(t.status, '?') = '?' THEN t.closed_at IS NOT NULL
        ELSE t.status = '已解决'
    END AS is_solved,
    t.unread,
    t.given,
    t.year,
    t.month,
    t.kept_from
FROM taken AS t
