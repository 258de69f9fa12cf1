-- title: 网格事件类别为空或不在类别表中
-- example: {year} 年类别“{category}”{event_count} 件
-- One row: a class that the register does not know, by year. Key: year, category.
SELECT
    cell.year,
    cell.category,
    sum(cell.event_count) AS event_count
FROM metric.shown_grid_cell AS cell
LEFT JOIN ref.grid_class AS known ON known.grid_class = cell.category
WHERE
    cell.category <> '*'
    AND cell.district = '*'
    AND cell.channel = '*'
    AND known.grid_class IS NULL
GROUP BY cell.year, cell.category
ORDER BY event_count DESC
