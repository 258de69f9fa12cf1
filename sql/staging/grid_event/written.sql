-- One row per count of what was written of a file: rows with a class or a street that no register
-- lists, and rows whose status is no word that says solved or not: they count as not solved. Key: name.
SELECT
    'category' AS name,
    count(*) FILTER (
        WHERE w.category <> '?' AND w.category NOT IN (SELECT c.grid_class FROM ref.grid_class AS c)
    ) AS row_count
FROM staging.written AS w
UNION ALL
SELECT
    'place_street' AS name,
    (SELECT n.street_count FROM staging.named AS n) - count(*) FILTER (WHERE w.street <> '?')
        AS row_count
FROM staging.written AS w
UNION ALL
SELECT
    'status' AS name,
    count(*) FILTER (WHERE w.status NOT IN ('?', '已解决', '未解决', '处理中')) AS row_count
FROM staging.written AS w
UNION ALL
SELECT 'unread' AS name, count(*) FILTER (WHERE w.unread IS NOT NULL) AS row_count
FROM staging.written AS w
