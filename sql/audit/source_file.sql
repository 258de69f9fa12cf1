-- One row: a received file that holds records of the months a claim rests on. Key: receipt.
-- `concerned_month` (entity, year, month) is a temporary table that the caller fills. row_count are the
-- file's rows in those months alone: a record that was dispatched twice has two.
SELECT
    receipt.receipt,
    receipt.file,
    receipt.sha256,
    receipt.received_on,
    receipt.simulated AS is_simulated,
    receipt.rows_loaded AS loaded_row_count,
    sum(part.row_count) AS row_count
FROM source.receipt AS receipt
JOIN source.partition AS part ON receipt.receipt = part.receipt
JOIN concerned_month AS concerned
    ON
        part.entity = concerned.entity
        AND part.year = concerned.year
        AND part.month = concerned.month
WHERE part.row_count > 0
GROUP BY
    receipt.receipt, receipt.file, receipt.sha256, receipt.received_on, receipt.simulated,
    receipt.rows_loaded, receipt.sequence
ORDER BY receipt.sequence, receipt.receipt
