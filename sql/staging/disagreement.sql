-- One row: of how many dispatches the file says two things, and per column of how many (a column
-- each). Key: none.
-- Of clashing rows one survives (survivor.sql). That another is emptier is no disagreement: ?, 其他 and
-- the tier 0 apply where nothing is said.
WITH differing AS (
    SELECT
        count(DISTINCT nullif(nullif(nullif(COLUMNS(
            lambda x: x NOT IN (
                'record_id', 'dispatched_at', 'unit', 'dispatched_text', 'unit_text', 'part_no',
                'filled_count', 'given', 'unread', 'closed_text', 'is_zoned',
                'has_unit_type', 'has_district', 'has_street',
                'reject_reason', 'reject_column', 'reject_value'
            )
        )::VARCHAR, '?'), '其他'), '0')) > 1
    FROM staging.clash_row AS w
    GROUP BY w.record_id, w.dispatched_at, w.unit
)

SELECT
    count(*) FILTER (WHERE greatest(*COLUMNS(*))) AS dispatch_count,
    sum(COLUMNS(*)::BIGINT)
FROM differing
