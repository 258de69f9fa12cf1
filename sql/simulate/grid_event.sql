-- One row per event of one month, as a district's grid system exports it. Key: record_id.
-- Input: `cell` (district, category, month, part, n, first: its first number) of the month, `weight` (the prior) and `moment`
-- (first_day, day_count, seed) made by pipeline/simulate; `ref.street`. Everything that no claim
-- names is drawn by a hash of the event's number, so that the same seed gives the same file.
WITH event AS (
    SELECT
        c.district,
        c.category,
        c.part,
        m.first_day,
        m.day_count,
        c.number,
        m.seed
    FROM (SELECT district, category, part, first + unnest(range(n)) AS number FROM cell) AS c
    CROSS JOIN moment AS m
),

drawn AS (
    SELECT
        e.*,
        hash(e.number, e.first_day, e.seed) AS h
    FROM event AS e
),

-- Streets of a district in a list, some of them several times: not all are alike.
street AS (
    SELECT s.district, list(s.street ORDER BY s.street, t.again) AS streets
    FROM ref.street AS s
    CROSS JOIN (SELECT unnest(range(6)) AS again) AS t
    -- Names that came later are not among them.
    WHERE t.again <= hash(s.district, s.street) % 6 AND s.valid_from IS NULL
    GROUP BY s.district
),

channel AS (
    SELECT
        w.given AS category,
        list(w.member ORDER BY w.member, t.again) AS channels
    FROM weight AS w
    CROSS JOIN (SELECT unnest(range(100)) AS again) AS t
    WHERE w.axis = 'channel' AND t.again < w.weight * 100
    GROUP BY w.given
),

hours AS (
    SELECT given AS category, weight AS mean_hours
    FROM weight
    WHERE axis = 'close_hours'
),

timed AS (
    SELECT
        d.*,
        s.streets[1 + (d.h % len(s.streets))::INTEGER] AS street,
        c.channels[1 + ((d.h >> 8) % len(c.channels))::INTEGER] AS channel,
        -- Two half days: most is reported from eight to eighteen.
        d.first_day + to_days(((d.h >> 16) % d.day_count)::INTEGER)
        + to_seconds(((d.h >> 24) % 36000)::INTEGER + CASE WHEN (d.h >> 40) % 9 = 0 THEN 50000 ELSE 28800 END)
            AS received_at,
        (60 - ln(((d.h >> 44) % 1000000 + 1) / 1000001.0) * k.mean_hours * 3600)::BIGINT AS seconds
    FROM drawn AS d
    LEFT JOIN street AS s ON d.district = s.district
    INNER JOIN channel AS c ON d.category = c.category
    INNER JOIN hours AS k ON d.category = k.category
)

SELECT
    'WG' || strftime(t.first_day, '%Y%m') || '-' || lpad(t.number::VARCHAR, 7, '0') AS record_id,
    t.district,
    t.street,
    lpad((hash(t.district, t.street) % 1000000)::VARCHAR, 6, '0')
    || lpad(((t.h >> 20) % 40 + 1)::VARCHAR, 3, '0') AS grid,
    t.category,
    strftime(t.received_at, '%Y-%m-%d %H:%M:%S') AS received_at,
    CASE WHEN t.part = 'solved' THEN strftime(t.received_at + to_seconds(t.seconds), '%Y-%m-%d %H:%M:%S') END
        AS closed_at,
    t.channel,
    CASE WHEN t.part = 'solved' THEN '已办结' ELSE '处理中' END AS status
FROM timed AS t
