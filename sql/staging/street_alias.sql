-- One row per district and spelling of a street: the name alone, with its district before it, and
-- the register's aliases. Key: district, alias. Names are never shortened: 八里庄街道 stands in two
-- districts, and 卢沟桥街道 is not 卢沟桥地区.
WITH spelling AS (
    SELECT s.district, s.street AS alias, s.street, 1 AS preference FROM ref.street AS s
    UNION
    SELECT s.district, s.district || s.street AS alias, s.street, 1 AS preference
    FROM ref.street AS s
    UNION
    SELECT s.district, unnest(string_split(s.aliases, '|')) AS alias, s.street, 2 AS preference
    FROM ref.street AS s
),

best AS (
    SELECT p.*, min(p.preference) OVER (PARTITION BY p.district, p.alias) AS best_preference
    FROM spelling AS p
    WHERE p.alias <> ''
)

SELECT b.district, b.alias, min(b.street) AS street
FROM best AS b
WHERE b.preference = b.best_preference
GROUP BY b.district, b.alias
HAVING count(DISTINCT b.street) = 1
