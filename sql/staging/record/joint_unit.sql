-- One row per cell of the file that names units, all known to the register, and per span of days in
-- which the first of them means one thing. Key: alias, valid_from. A record counts once: with the unit
-- that the cell says leads (主办, 牵头), else with the first. unit_count: different units in the cell.
-- Signs of a list part a cell wherever they are. A word such as 和 parts it only between two units
-- that are known, for it may be of a name (规划和自然资源委): of all ways to read a part as known units
-- that with the fewest of them holds, and a name that is known by its beginning alone (unit_key) does
-- not reach over such a word where there is another way. A district and its street are one name.
WITH RECURSIVE written AS (
    SELECT DISTINCT mask_short(tidy(t.unit_text)) AS alias, tidy(t.unit_text) AS text
    FROM (SELECT DISTINCT d.unit_text FROM staging.identity AS d WHERE d.unit_text IS NOT NULL) AS t
),

register AS (
    SELECT DISTINCT u.alias FROM staging.unit_alias AS u
),

cell AS (
    SELECT
        w.alias,
        list_filter(
            regexp_split_to_array(w.text, '[,，、;；/| ]+'),
            lambda x: NOT regexp_full_match(x, '(以及|[和及与+＋&＆])?')
        ) AS parts
    FROM written AS w
    WHERE
        w.alias NOT IN (SELECT r.alias FROM register AS r)
        AND regexp_replace(w.text, '[/| ]+', '', 'g') NOT IN (SELECT r.alias FROM register AS r)
),

-- A part in pieces: names at odd places, the words between them at even ones.
part AS (
    SELECT
        c.alias,
        generate_subscripts(c.parts, 1) AS place,
        string_split(
            regexp_replace(unnest(c.parts), '(以及|[和及与+＋&＆])', chr(1) || '\1' || chr(1), 'g'), chr(1)
        ) AS pieces
    FROM cell AS c
),

-- Every run of pieces that may be a name. More than eight in one part are no list of units.
start AS (
    SELECT p.*, unnest(range(1, len(p.pieces) + 1, 2)) AS first_no
    FROM part AS p
    WHERE len(p.pieces) <= 15
),

run AS (
    SELECT s.*, unnest(range(s.first_no, len(s.pieces) + 1, 2)) AS last_no
    FROM start AS s
),

-- 主办:东城区 and 东城区(主办) are 东城区.
named AS (
    SELECT
        r.alias,
        r.place,
        r.first_no,
        r.last_no,
        regexp_matches(array_to_string(r.pieces[r.first_no:r.last_no], ''), '主办|牵头') AS is_leading,
        regexp_replace(
            array_to_string(r.pieces[r.first_no:r.last_no], ''),
            '^[(（]?(主办|牵头|承办|协办|会办|配合)(单位)?[)）]?[:：]?|[(（](主办|牵头|承办|协办|会办|配合)(单位)?[)）]$',
            '',
            'g'
        ) AS name
    FROM run AS r
),

found AS (
    SELECT
        n.alias,
        n.place,
        n.first_no,
        n.last_no,
        {'is_leading': n.is_leading, 'name': coalesce(a.alias, k.alias)} AS unit,
        CASE WHEN a.alias IS NULL AND n.first_no < n.last_no THEN 100 ELSE 1 END AS price
    FROM named AS n
    LEFT JOIN register AS a ON n.name = a.alias
    LEFT JOIN register AS k ON CASE WHEN a.alias IS NULL THEN unit_key('', n.name) END = k.alias
    WHERE coalesce(a.alias, k.alias) IS NOT NULL
),

way AS (
    SELECT
        p.alias, p.place, len(p.pieces) AS last_no, 1::BIGINT AS next_no,
        []::STRUCT(is_leading BOOLEAN, name VARCHAR)[] AS units, 0 AS price
    FROM part AS p
    UNION ALL
    SELECT w.alias, w.place, w.last_no, f.last_no + 2, list_append(w.units, f.unit), w.price + f.price
    FROM way AS w
    INNER JOIN found AS f ON w.alias = f.alias AND w.place = f.place AND w.next_no = f.first_no
),

best AS (
    SELECT w.alias, w.place, arg_min(w.units, w.price) AS units
    FROM way AS w
    WHERE w.next_no > w.last_no
    GROUP BY w.alias, w.place
),

member AS (
    SELECT b.alias, b.place, generate_subscripts(b.units, 1) AS number, unnest(b.units) AS unit
    FROM best AS b
),

known AS (
    SELECT
        m.alias,
        arg_min(
            m.unit.name, 1000 * m.place + m.number + CASE WHEN m.unit.is_leading THEN 0 ELSE 1000000 END
        ) AS name,
        count(DISTINCT a.unit) AS unit_count
    FROM member AS m
    INNER JOIN staging.unit_alias AS a ON m.unit.name = a.alias
    GROUP BY m.alias
    HAVING
        count(DISTINCT m.place) = (SELECT len(c.parts) FROM cell AS c WHERE c.alias = m.alias)
)

SELECT k.alias, u.unit, u.unit_type, u.district, u.street, u.valid_from, u.valid_to, k.unit_count
FROM known AS k
INNER JOIN staging.unit_alias AS u ON k.name = u.alias
