-- One row: trees of a species planted in a year and month. Key: year, month, species.
-- materialised per partition
SELECT year, month, species, count(*) AS tree_count
FROM core.tree
GROUP BY year, month, species
