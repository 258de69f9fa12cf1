-- One row: a calendar month of which a comparison takes some days alone. Key: year, month.
SELECT DISTINCT
    CAST(extract(YEAR FROM received_on) AS INTEGER) AS year,
    CAST(extract(MONTH FROM received_on) AS INTEGER) AS month
FROM metric.compared_day
WHERE NOT is_whole
