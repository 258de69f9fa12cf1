-- One row: a record, with its day of the month as the part of the month. Key: record_id.
SELECT
    *,
    CAST(extract(DAY FROM received_at) AS INTEGER) AS month_part
FROM core.record
