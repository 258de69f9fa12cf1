-- One row per dispatch that survives among the clashing rows. Key: record_id, dispatched_at, unit.
-- The richer row survives (more cells filled); of equal ones the first line of the file. Met in
-- New York's cases: 105 keys are there twice, once with and once without the borough.
WITH ranked AS (
    SELECT
        w.*,
        w.rowid AS row_no,
        row_number() OVER (
            PARTITION BY w.record_id, w.dispatched_at, w.unit ORDER BY w.filled_count DESC, w.rowid
        ) AS place
    FROM staging.clash_row AS w
)

SELECT
    r.* EXCLUDE (row_no, place),
    row_number() OVER (
        PARTITION BY r.record_id ORDER BY r.dispatched_at NULLS FIRST, r.row_no
    )::SMALLINT AS dispatch_no,
    row_number() OVER (
        PARTITION BY r.record_id ORDER BY r.dispatched_at DESC NULLS LAST, r.row_no DESC
    ) = 1 AS is_last
FROM ranked AS r
WHERE r.place = 1
