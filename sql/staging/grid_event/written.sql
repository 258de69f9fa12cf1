-- One row per count of what was written of a file: rows with a class or a street that no register
-- knows. Key: name.
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
