-- One row per parsed row, in the file's order (rowid = ordinal): what is needed to find repeats,
-- rejects and months. Key: rowid. Materialised once; everything wide is read again from the file,
-- because a narrow pass plus two wide ones took less than one wide pass kept in memory.
SELECT
    c.record_id,
    c.received_at,
    c.dispatched_text,
    c.unit_text,
    c.has_district,
    c.has_street,
    c.part_no,
    c.reject_reason,
    c.reject_column,
    c.reject_value
FROM staging.clean AS c
