-- One row: a record that repeats something, or is repeated, in one way or several. Key: record_id.
-- Four different things, and null where it is not so: dispatch_count (re-dispatched over several
-- units), caller_matter_no (the same caller with the same matter, for the n-th time),
-- matter_caller_count (the same matter by so many callers), text_caller_count (the same text by so
-- many callers). delivery_count is in how many overlapping deliveries the record came.
-- Apart from core.record and not in it: few records repeat anything, and who asks for totals should
-- not pay for the join.
WITH mark AS (
    SELECT
        year, month, scope_tier, record_id, received_at,
        CAST(dispatch_count AS INTEGER) AS dispatch_count,
        CAST(NULL AS INTEGER) AS delivery_count,
        CAST(NULL AS INTEGER) AS caller_matter_no,
        CAST(NULL AS TIMESTAMP) AS previous_received_at,
        CAST(NULL AS INTEGER) AS matter_caller_count,
        CAST(NULL AS INTEGER) AS text_caller_count,
        FALSE AS is_reopened
    FROM core.record
    WHERE dispatch_count > 1
    UNION ALL
    SELECT
        r.year, r.month, r.scope_tier, r.record_id, r.received_at,
        NULL AS dispatch_count,
        CAST(1 + count(*) AS INTEGER) AS delivery_count,
        NULL AS caller_matter_no,
        NULL AS previous_received_at,
        NULL AS matter_caller_count,
        NULL AS text_caller_count,
        FALSE AS is_reopened
    FROM core.superseded AS s
    JOIN core.record AS r
        ON r.year = s.year AND r.month = s.month AND r.record_id = s.record_id
    WHERE r.is_contested AND NOT s.is_supplement
    GROUP BY r.year, r.month, r.scope_tier, r.record_id, r.received_at
    UNION ALL
    SELECT
        year, month, scope_tier, record_id, received_at,
        NULL AS dispatch_count,
        NULL AS delivery_count,
        caller_matter_no,
        previous_received_at,
        NULL AS matter_caller_count,
        NULL AS text_caller_count,
        is_reopened
    FROM core.repeat_call
    UNION ALL
    SELECT
        year, month, scope_tier, record_id, received_at,
        NULL AS dispatch_count,
        NULL AS delivery_count,
        NULL AS caller_matter_no,
        NULL AS previous_received_at,
        matter_caller_count,
        NULL AS text_caller_count,
        FALSE AS is_reopened
    FROM core.mass_matter
    UNION ALL
    SELECT
        year, month, scope_tier, record_id, received_at,
        NULL AS dispatch_count,
        NULL AS delivery_count,
        NULL AS caller_matter_no,
        NULL AS previous_received_at,
        NULL AS matter_caller_count,
        text_caller_count,
        FALSE AS is_reopened
    FROM core.copied_text
)

SELECT
    year,
    month,
    scope_tier,
    record_id,
    received_at,
    max(dispatch_count) AS dispatch_count,
    max(delivery_count) AS delivery_count,
    max(caller_matter_no) AS caller_matter_no,
    max(previous_received_at) AS previous_received_at,
    max(matter_caller_count) AS matter_caller_count,
    max(text_caller_count) AS text_caller_count,
    bool_or(is_reopened) AS is_reopened
FROM mark
GROUP BY year, month, scope_tier, record_id, received_at
