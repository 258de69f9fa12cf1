-- One row per cell of the file that names units, all known to the register, and per span of days in
-- which the first of them means one thing. Key: alias, valid_from. A record counts once: with the unit
-- that the cell says leads (主办, 牵头), else with the first. unit_count: different units in the cell.
WITH written AS (
    SELECT DISTINCT d.unit_text
    FROM staging.identity AS d
    WHERE regexp_matches(d.unit_text, '[,，、;；/|\n\r\t \x{3000}]')
),

cell AS (
    SELECT
        mask_short(tidy(w.unit_text)) AS alias,
        list_filter(
            regexp_split_to_array(tidy(w.unit_text), '[,，、;；/| ]+'), lambda x: x <> ''
        ) AS parts
    FROM written AS w
),

part AS (
    SELECT
        c.alias,
        generate_subscripts(c.parts, 1) AS place,
        unnest(c.parts) AS text
    FROM cell AS c
    WHERE c.alias NOT IN (SELECT u.alias FROM staging.unit_alias AS u)
),

-- 主办:东城区 and 东城区(主办) are 东城区.
named AS (
    SELECT
        p.alias,
        p.place,
        regexp_matches(p.text, '主办|牵头') AS is_leading,
        regexp_replace(
            p.text,
            '^[(（]?(主办|牵头|承办|协办|会办|配合)(单位)?[)）]?[:：]?|[(（](主办|牵头|承办|协办|会办|配合)(单位)?[)）]$',
            '',
            'g'
        ) AS name
    FROM part AS p
),

known AS (
    SELECT
        n.alias,
        arg_min(n.name, n.place + CASE WHEN n.is_leading THEN 0 ELSE 1000 END) AS name,
        count(DISTINCT a.unit) AS unit_count
    FROM named AS n
    LEFT JOIN staging.unit_alias AS a ON n.name = a.alias
    GROUP BY n.alias
    HAVING count(*) FILTER (WHERE a.unit IS NULL) = 0
)

SELECT k.alias, u.unit, u.unit_type, u.district, u.street, u.valid_from, u.valid_to, k.unit_count
FROM known AS k
INNER JOIN staging.unit_alias AS u ON k.name = u.alias
