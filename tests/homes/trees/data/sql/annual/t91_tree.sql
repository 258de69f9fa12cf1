-- One row: a species in a year. Key: year, species.
SELECT CAST(year AS BIGINT) AS year, species, CAST(sum(tree_count) AS BIGINT) AS tree_count
FROM metric.tree_count
GROUP BY year, species
ORDER BY year, tree_count DESC, species
