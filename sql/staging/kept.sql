-- One row per record and dispatch that is loaded. Key: record_id, dispatch_no.
SELECT
    c.*,
    coalesce(h.dispatch_no, 1::SMALLINT) AS dispatch_no,
    coalesce(h.is_last, true) AS is_last
FROM staging.sound AS c
LEFT JOIN staging.chain AS h
    ON
        c.record_id = h.record_id
        AND c.dispatched_text IS NOT DISTINCT FROM h.dispatched_text
        AND c.unit_text IS NOT DISTINCT FROM h.unit_text
ANTI JOIN staging.clash AS x ON c.record_id = x.record_id
UNION ALL
SELECT s.*
FROM staging.survivor AS s
