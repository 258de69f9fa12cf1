-- One row per spelling of a name and what it may mean. Key: kind, within, alias, name, valid_from.
-- kind is category, district, street or unit; a street is spelled within a district (`within`), the
-- others anywhere (''). Of several meanings the lowest preference comes first. valid_from and
-- valid_to are those of the register's row; empty means not limited.
-- A district is also known without its last word (区, 县, 市). A street's name is never shortened:
-- 八里庄街道 is in two districts, and 卢沟桥街道 is not 卢沟桥地区; its alias may begin with the
-- name of another district, from which it has moved. A district or a street that the register of
-- units does not list is still a unit of its own name, as every city has them, and a street's unit is
-- known by the street's name alone where no other district has one (staging.meaning drops the others).
-- Each of them may follow the city's name (北京市, 北京, 北京市市辖区), as in national forms.
WITH city AS (
    SELECT o.text AS name
    FROM ref.office AS o
    WHERE o.item = 'city' AND o.text <> ''
    UNION
    SELECT o.text[:-2]
    FROM ref.office AS o
    WHERE o.item = 'city' AND length(o.text) >= 3 AND o.text[-1] = '市'
    UNION
    SELECT o.text || '市辖区'
    FROM ref.office AS o
    WHERE o.item = 'city' AND o.text[-1] = '市'
),

street AS (
    SELECT s.district, s.street, s.street AS alias, 1 AS preference, s.valid_from, s.valid_to
    FROM ref.street AS s
    UNION
    SELECT s.district, s.street, unnest(string_split(s.aliases, '|')), 2, s.valid_from, s.valid_to
    FROM ref.street AS s
),

-- The offices of streets without their district.
bare AS (
    SELECT
        s.alias, coalesce(u.unit, s.district || s.street) AS unit, s.district, s.street,
        s.valid_from, s.valid_to
    FROM street AS s
    LEFT JOIN ref.unit AS u
        ON u.unit_type = '街乡镇' AND u.district = s.district AND u.street = s.street
    UNION
    SELECT u.street, u.unit, u.district, u.street, u.valid_from, u.valid_to
    FROM ref.unit AS u
    WHERE u.unit_type = '街乡镇'
),

placed AS (
    SELECT s.district AS within, s.* FROM street AS s
    UNION
    SELECT s.district, s.* REPLACE (s.district || s.alias AS alias)
    FROM street AS s
    WHERE NOT starts_with(s.alias, s.district)
    UNION
    SELECT d.district, s.* REPLACE (substr(s.alias, length(d.district) + 1) AS alias)
    FROM street AS s
    JOIN ref.district AS d ON starts_with(s.alias, d.district) AND d.district <> s.district
),

spelling AS (
    SELECT
        'category' AS kind, '' AS within, c.category AS alias, 1 AS preference, c.category AS name,
        NULL AS unit_type, NULL AS district, NULL AS street, c.valid_from, c.valid_to
    FROM ref.category AS c
    UNION
    SELECT
        'category', '', unnest(string_split(c.aliases, '|')), 2, c.category,
        NULL, NULL, NULL, c.valid_from, c.valid_to
    FROM ref.category AS c
    UNION
    SELECT 'district', '', d.district, 1, d.district, NULL, NULL, NULL, d.valid_from, d.valid_to
    FROM ref.district AS d
    UNION
    SELECT
        'district', '', d.district[:-2], 1, d.district, NULL, NULL, NULL, d.valid_from, d.valid_to
    FROM ref.district AS d
    WHERE length(d.district) >= 3 AND d.district[-1] IN ('区', '县', '市')
    UNION
    SELECT
        'district', '', unnest(string_split(d.aliases, '|')), 2, d.district,
        NULL, NULL, NULL, d.valid_from, d.valid_to
    FROM ref.district AS d
    UNION
    SELECT
        'street', p.within, p.alias, p.preference, p.district || p.street,
        NULL, p.district, p.street, p.valid_from, p.valid_to
    FROM placed AS p
    UNION
    SELECT 'unit', '', u.unit, 1, u.unit, u.unit_type, u.district, u.street, u.valid_from, u.valid_to
    FROM ref.unit AS u
    UNION
    SELECT
        'unit', '', unnest(string_split(u.aliases, '|')), 2, u.unit,
        u.unit_type, u.district, u.street, u.valid_from, u.valid_to
    FROM ref.unit AS u
    UNION
    SELECT
        'unit', '', d.district, 3, d.district, '区', d.district, NULL, d.valid_from, d.valid_to
    FROM ref.district AS d
    UNION
    SELECT
        'unit', '', s.district || s.alias, 3 + s.preference, s.district || s.street,
        '街乡镇', s.district, s.street, s.valid_from, s.valid_to
    FROM street AS s
    WHERE NOT starts_with(s.alias, s.district)
    UNION
    SELECT
        'unit', '', b.alias || e.ending, 6, b.unit,
        '街乡镇', b.district, b.street, b.valid_from, b.valid_to
    FROM bare AS b
    CROSS JOIN (VALUES (''), ('办事处'), ('人民政府'), ('政府')) AS e (ending)
    WHERE regexp_matches(b.alias, '(街道|地区|镇|乡)$')
),

-- What is said without the city comes before what is said with it.
placed_in_city AS (
    SELECT p.* FROM spelling AS p
    UNION ALL
    SELECT p.* REPLACE (p.preference + 10 AS preference, c.name || p.alias AS alias)
    FROM spelling AS p
    CROSS JOIN city AS c
    WHERE
        p.kind IN ('district', 'street', 'unit')
        AND p.alias <> ''
        AND NOT starts_with(p.alias, c.name)
)

SELECT
    p.* REPLACE (
        coalesce(p.valid_from::DATE, DATE '0001-01-01') AS valid_from,
        coalesce(p.valid_to::DATE, DATE '9999-12-31') AS valid_to
    )
FROM placed_in_city AS p
WHERE p.alias <> ''
