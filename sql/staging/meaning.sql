-- One row per spelling and span of days in which it means one thing. Key: kind, within, alias,
-- valid_from. Spans of one spelling do not overlap; valid_to is the last day.
-- Dates decide between meanings, they do not forbid a name: an office writes the old name for years,
-- and today's name in files of past years. Where no meaning is valid on a day, all of them are
-- asked. A spelling that then still means two things means nothing.
WITH cut AS (
    SELECT p.kind, p.within, p.alias, DATE '0001-01-01' AS valid_from FROM staging.spelling AS p
    UNION
    SELECT p.kind, p.within, p.alias, p.valid_from FROM staging.spelling AS p
    UNION
    SELECT p.kind, p.within, p.alias, p.valid_to + 1
    FROM staging.spelling AS p
    WHERE p.valid_to < DATE '9999-12-31'
),

span AS (
    SELECT
        c.*,
        coalesce(
            lead(c.valid_from) OVER (PARTITION BY c.kind, c.within, c.alias ORDER BY c.valid_from) - 1,
            DATE '9999-12-31'
        ) AS valid_to
    FROM cut AS c
),

asked AS (
    SELECT
        s.kind, s.within, s.alias, s.valid_from, s.valid_to,
        p.preference, p.name, p.unit_type, p.district, p.street,
        p.valid_from <= s.valid_from AND p.valid_to >= s.valid_to AS is_valid
    FROM span AS s
    JOIN staging.spelling AS p ON p.kind = s.kind AND p.within = s.within AND p.alias = s.alias
),

best AS (
    SELECT
        a.*,
        rank() OVER (
            PARTITION BY a.kind, a.within, a.alias, a.valid_from
            ORDER BY a.is_valid DESC, a.preference
        ) AS place
    FROM asked AS a
),

said AS (
    SELECT
        b.kind, b.within, b.alias, b.valid_from, b.valid_to,
        min(b.name) AS name,
        min(b.unit_type) AS unit_type,
        min(b.district) AS district,
        min(b.street) AS street
    FROM best AS b
    WHERE b.place = 1
    GROUP BY b.kind, b.within, b.alias, b.valid_from, b.valid_to
    HAVING count(DISTINCT b.name) = 1 AND count(DISTINCT coalesce(b.unit_type, '')) = 1
),

-- A spelling with one meaning has it on every day: one row, so that its join needs no date.
steady AS (
    SELECT s.kind, s.within, s.alias
    FROM said AS s
    GROUP BY s.kind, s.within, s.alias
    HAVING
        count(DISTINCT s.name) = 1
        AND count(*) = (
            SELECT count(*)
            FROM span AS p
            WHERE p.kind = s.kind AND p.within = s.within AND p.alias = s.alias
        )
)

SELECT
    s.kind,
    s.within,
    s.alias,
    CASE WHEN t.alias IS NULL THEN s.valid_from ELSE DATE '0001-01-01' END AS valid_from,
    CASE WHEN t.alias IS NULL THEN s.valid_to ELSE DATE '9999-12-31' END AS valid_to,
    s.name,
    s.unit_type,
    s.district,
    s.street
FROM said AS s
LEFT JOIN steady AS t ON t.kind = s.kind AND t.within = s.within AND t.alias = s.alias
WHERE t.alias IS NULL OR s.valid_from = DATE '0001-01-01'
