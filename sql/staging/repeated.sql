-- One row per row whose record id is more than once in the file. Key: row_no.
-- is_clash: some two rows of this record have the same dispatch (time and unit), so that one of
-- them is a duplicate and the wide rows are needed to see which is richer. Without a clash the
-- chain follows from these narrow rows alone.
WITH repeat_id AS (
    SELECT d.record_id
    FROM staging.identity AS d
    WHERE d.reject_reason IS NULL
    GROUP BY d.record_id
    HAVING count(*) > 1
),

repeat_row AS (
    SELECT
        d.rowid AS row_no,
        d.record_id,
        d.dispatched_text,
        d.unit_text,
        in_range(to_time(d.dispatched_text)) AS dispatched_at,
        mask_short(tidy(d.unit_text)) AS unit
    FROM staging.identity AS d
    WHERE d.reject_reason IS NULL AND d.record_id IN (SELECT r.record_id FROM repeat_id AS r)
),

counted AS (
    SELECT
        r.*,
        count(*) OVER (PARTITION BY r.record_id, r.dispatched_at, r.unit) AS same_count
    FROM repeat_row AS r
)

SELECT
    c.row_no,
    c.record_id,
    c.dispatched_text,
    c.unit_text,
    c.dispatched_at,
    max(c.same_count) OVER (PARTITION BY c.record_id) > 1 AS is_clash
FROM counted AS c
