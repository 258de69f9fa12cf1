-- One row per spelling of a handling unit. Key: alias. The unit register speaks first; a district
-- or a street that it does not list is still a unit of its own name, as every city has them.
WITH spelling AS (
    SELECT u.unit AS alias, u.unit, u.unit_type, u.district, u.street, 1 AS preference
    FROM ref.unit AS u
    UNION
    SELECT
        unnest(string_split(u.aliases, '|')) AS alias,
        u.unit, u.unit_type, u.district, u.street, 2 AS preference
    FROM ref.unit AS u
    UNION
    SELECT
        d.district AS alias,
        d.district AS unit, '区' AS unit_type, d.district, NULL AS street, 3 AS preference
    FROM ref.district AS d
    UNION
    SELECT
        s.district || s.alias AS alias,
        s.district || s.street AS unit,
        '街乡镇' AS unit_type, s.district, s.street, 4 AS preference
    FROM staging.street_alias AS s
    WHERE NOT starts_with(s.alias, s.district)
),

best AS (
    SELECT p.*, min(p.preference) OVER (PARTITION BY p.alias) AS best_preference
    FROM spelling AS p
    WHERE p.alias <> ''
)

SELECT
    b.alias,
    min(b.unit) AS unit,
    min(b.unit_type) AS unit_type,
    min(b.district) AS district,
    min(b.street) AS street
FROM best AS b
WHERE b.preference = b.best_preference
GROUP BY b.alias
HAVING count(DISTINCT b.unit) = 1 AND count(DISTINCT b.unit_type) = 1
