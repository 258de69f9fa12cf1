-- One row per record id with a duplicate among its rows. Key: record_id.
SELECT DISTINCT r.record_id
FROM staging.repeated AS r
WHERE r.is_clash
