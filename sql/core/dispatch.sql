-- One row: a dispatch of a record (the whole chain), from the delivery that counts.
-- Key: record_id, dispatch_no.
-- Most months have one receipt and need no look-up: is_contested is a constant of each branch of
-- source.record_dispatch, so the anti-joins read only the months where a delivery replaces another.
-- text_receipt is the delivery whose texts count. What several deliveries hold of one record is
-- in core.merged_dispatch, of which only the months in sight are taken: a build looks at some.
SELECT
    d.record_id, d.receipt, d.dispatch_no, d.is_last, d.received_at, d.dispatched_at, d.due_at,
    d.closed_at, d.record_type, d.category, d.subcategory, d.topic, d.tag, d.status, d.channel,
    d.platform, d.handling, d.unit_type, d.unit, d.unit_district, d.unit_street, d.place_district,
    d.place_street, d.caller_hash, d.is_valid, d.is_contacted, d.resolution, d.satisfaction,
    d.scope_tier, d.is_epidemic, d.is_company_desk, d.praise_form, d.unknown_district,
    d.unknown_street, d.unread, d.given, d.year, d.month, d.is_contested,
    d.receipt AS text_receipt
FROM source.record_dispatch AS d
WHERE NOT d.is_contested
UNION ALL
SELECT
    d.record_id, d.receipt, d.dispatch_no, d.is_last, d.received_at, d.dispatched_at, d.due_at,
    d.closed_at, d.record_type, d.category, d.subcategory, d.topic, d.tag, d.status, d.channel,
    d.platform, d.handling, d.unit_type, d.unit, d.unit_district, d.unit_street, d.place_district,
    d.place_street, d.caller_hash, d.is_valid, d.is_contacted, d.resolution, d.satisfaction,
    d.scope_tier, d.is_epidemic, d.is_company_desk, d.praise_form, d.unknown_district,
    d.unknown_street, d.unread, d.given, d.year, d.month, d.is_contested,
    d.receipt AS text_receipt
FROM source.record_dispatch AS d
WHERE
    d.is_contested
    AND NOT EXISTS (
        SELECT 1
        FROM core.superseded AS s
        WHERE s.is_whole AND s.year = d.year AND s.month = d.month AND s.receipt = d.receipt
    )
    AND NOT EXISTS (
        SELECT 1
        FROM core.superseded AS s
        WHERE
            NOT s.is_whole
            AND s.year = d.year
            AND s.month = d.month
            AND s.record_id = d.record_id
            AND s.receipt = d.receipt
    )
    AND NOT EXISTS (
        SELECT 1
        FROM core.merged_dispatch AS m
        WHERE m.year = d.year AND m.month = d.month AND m.record_id = d.record_id
    )
UNION ALL
SELECT
    m.record_id, m.receipt, m.dispatch_no, m.is_last, m.received_at, m.dispatched_at, m.due_at,
    m.closed_at, m.record_type, m.category, m.subcategory, m.topic, m.tag, m.status, m.channel,
    m.platform, m.handling, m.unit_type, m.unit, m.unit_district, m.unit_street, m.place_district,
    m.place_street, m.caller_hash, m.is_valid, m.is_contacted, m.resolution, m.satisfaction,
    m.scope_tier, m.is_epidemic, m.is_company_desk, m.praise_form, m.unknown_district,
    m.unknown_street, m.unread, m.given, m.year, m.month, TRUE AS is_contested,
    m.text_receipt
FROM core.merged_dispatch AS m
JOIN source.mixed_record_dispatch AS x ON x.year = m.year AND x.month = m.month
