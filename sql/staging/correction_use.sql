-- One row per correction whose record is in the file. Key: record_id, column_name, expect.
-- matched_count: rows whose cell holds what is expected; mended_count: rows whose cell already holds
-- the corrected value.
WITH touched AS (
    SELECT
        tidy_id(i.record_id) AS record_key,
        i.* EXCLUDE (record_id, part_no, given, ids_are_rounded)
    FROM staging.received AS i
    WHERE tidy_id(i.record_id) IN (SELECT k.record_id FROM staging.correction AS k)
),

cell AS (
    FROM touched UNPIVOT INCLUDE NULLS (present FOR column_name IN (* EXCLUDE (record_key)))
)

SELECT
    r.record_id,
    r.column_name,
    r.expect,
    count(*) FILTER (WHERE coalesce(tidy(c.present), '') = r.expect) AS matched_count,
    count(*) FILTER (WHERE coalesce(tidy(c.present), '') = r.value) AS mended_count
FROM staging.correction_row AS r
INNER JOIN cell AS c ON r.record_id = c.record_key AND r.column_name = c.column_name
GROUP BY r.record_id, r.column_name, r.expect
ORDER BY r.record_id, r.column_name, r.expect
