-- One row per row of a record that has a duplicate, whole, in the file's order.
-- Key: rowid.
SELECT c.*
FROM staging.clean AS c
WHERE c.reject_reason IS NULL AND c.record_id IN (SELECT x.record_id FROM staging.clash AS x)
