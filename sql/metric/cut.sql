-- One row: a cut that records are counted by. Key: cut.
-- Cuts come from metric.cell; the third level from metric.day_count.
SELECT DISTINCT cut
FROM metric.cell
UNION
SELECT 'category subcategory topic' AS cut
