-- title: 承办单位不在登记表中
-- example: {year} 年单位“{unit}”{record_count} 件
-- One row: a unit of dispatched records that the register does not know, by year.
-- Key: year, unit.
SELECT
    year,
    shown_unit AS unit,
    sum(record_count) AS record_count
FROM metric.shown_cell
WHERE metric = 'record_count' AND unit_type = '?' AND unit <> '*'
GROUP BY year, shown_unit
ORDER BY record_count DESC
