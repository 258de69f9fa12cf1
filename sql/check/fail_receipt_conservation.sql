-- title: 读入行数应等于入库、重复、退回之和,并与文件中的行数一致
-- example: 文件 {name}(回执 {receipt}):读入 {rows_read} 行,入库 {rows_loaded}、重复 {rows_duplicate}、退回 {rows_rejected},回执所列月份共 {partition_rows} 行,Parquet 里 {file_rows} 行
-- One row: a receipt whose rows do not add up. Key: receipt.
-- file_row_count comes from the footers of the Parquet files, so a torn or foreign file shows.
WITH filed AS (
    SELECT
        receipt,
        sum(row_count) AS partition_rows,
        sum(file_row_count) AS file_rows
    FROM source.partition
    GROUP BY receipt
)

SELECT
    r.receipt,
    r.name,
    r.rows_read,
    r.rows_loaded,
    r.rows_duplicate,
    r.rows_rejected,
    coalesce(f.partition_rows, 0) AS partition_rows,
    coalesce(f.file_rows, 0) AS file_rows
FROM source.receipt AS r
LEFT JOIN filed AS f ON f.receipt = r.receipt
WHERE
    r.rows_read <> r.rows_loaded + r.rows_duplicate + r.rows_rejected
    OR coalesce(f.partition_rows, 0) <> r.rows_loaded
    OR coalesce(f.file_rows, 0) <> r.rows_loaded
