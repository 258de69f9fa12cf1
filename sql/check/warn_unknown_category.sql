-- title: 类别为空或不在类别表中
-- example: {year} 年类别“{category}”{record_count} 件
-- One row: a category that the register does not know, by year; `?` where the dump had none.
-- Key: year, category.
SELECT
    cell.year,
    cell.shown_category AS category,
    sum(cell.record_count) AS record_count
FROM metric.shown_cell AS cell
LEFT JOIN ref.category AS known ON known.category = cell.shown_category
WHERE
    cell.metric = 'record_count'
    AND cell.category <> '*'
    AND cell.subcategory = '*'
    AND cell.record_type = '*'
    AND cell.handling = '*'
    AND cell.unit_type = '*'
    AND cell.epidemic = '*'
    AND known.category IS NULL
GROUP BY cell.year, cell.shown_category
ORDER BY record_count DESC
