-- title: 承办单位所在区不明或不在区表中
-- example: {year} 年区“{district}”{record_count} 件
-- One row: a district of the units of 区 and 街乡镇 that is empty or in no register, by year.
-- Key: year, district.
SELECT
    cell.year,
    cell.shown_district AS district,
    sum(cell.record_count) AS record_count
FROM metric.shown_cell AS cell
LEFT JOIN ref.district AS known ON known.district = cell.shown_district
WHERE
    cell.metric = 'record_count'
    AND cell.unit_type IN ('区', '街乡镇')
    AND cell.district <> '*'
    AND cell.street = '*'
    AND known.district IS NULL
GROUP BY cell.year, cell.shown_district
ORDER BY record_count DESC
