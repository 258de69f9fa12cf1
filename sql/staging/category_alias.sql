-- One row per spelling of a category. Key: alias.
WITH spelling AS (
    SELECT c.category AS alias, c.category FROM ref.category AS c
    UNION ALL
    SELECT unnest(string_split(c.aliases, '|')) AS alias, c.category FROM ref.category AS c
)

SELECT p.alias, min(p.category) AS category
FROM spelling AS p
WHERE p.alias <> ''
GROUP BY p.alias
-- A spelling that means two things is left unknown; but the name itself always means itself.
HAVING count(DISTINCT p.category) = 1
