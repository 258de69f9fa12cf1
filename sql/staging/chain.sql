-- One row per dispatch of a re-dispatched record without duplicates. Key: record_id,
-- dispatched_text, unit_text (both as written in the file, so that a pass over the file finds its
-- rows again without parsing). The row with the last dispatch time counts; of equal times the later row of the file.
SELECT
    r.record_id,
    r.dispatched_text,
    r.unit_text,
    row_number() OVER (
        PARTITION BY r.record_id ORDER BY r.dispatched_at NULLS FIRST, r.row_no
    )::SMALLINT AS dispatch_no,
    row_number() OVER (
        PARTITION BY r.record_id ORDER BY r.dispatched_at DESC NULLS LAST, r.row_no DESC
    ) = 1 AS is_last
FROM staging.repeated AS r
WHERE NOT r.is_clash
