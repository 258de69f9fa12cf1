-- One row per spelling of a district: its name, and the name without its last word (区, 县, 市)
-- where that is still unique. Key: alias.
WITH spelling AS (
    SELECT d.district AS alias, d.district FROM ref.district AS d
    UNION
    SELECT d.district[:-2] AS alias, d.district
    FROM ref.district AS d
    WHERE length(d.district) >= 3 AND d.district[-1] IN ('区', '县', '市')
)

SELECT p.alias, min(p.district) AS district
FROM spelling AS p
GROUP BY p.alias
HAVING count(DISTINCT p.district) = 1
