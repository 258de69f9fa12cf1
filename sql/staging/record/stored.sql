-- One row per record and dispatch, as it is stored in data/warehouse/records. Key: record_id,
-- dispatch_no. What the names mean is asked in found.sql.
-- written_* is a name as it was written, where it is not the one that is stored: mostly null. A build
-- after a change of the registers finds it anew from there (again.sql), and the file is not read
-- again. '' is an empty cell for which another cell has spoken. A place that would be masked is not kept
-- (it would not be found again), nor a name with brackets, in which a person may stand.
SELECT
    k.record_id,
    y.receipt,
    k.dispatch_no,
    k.is_last,
    k.received_at,
    k.dispatched_at,
    k.due_at,
    k.closed_at,
    k.record_type,
    k.found_category AS category,
    coalesce(k.subcategory, '?') AS subcategory,
    coalesce(k.topic, '?') AS topic,
    coalesce(k.tag, '?') AS tag,
    coalesce(k.status, '?') AS status,
    coalesce(k.channel, '?') AS channel,
    coalesce(k.platform, '?') AS platform,
    coalesce(k.handling, '?') AS handling,
    k.found_unit_type AS unit_type,
    k.found_unit AS unit,
    k.unit_district,
    k.unit_street,
    k.found_district AS place_district,
    k.found_street AS place_street,
    caller_hash(z.caller_key, k.caller_phone) AS caller_hash,
    k.is_valid,
    k.is_contacted,
    k.resolution,
    k.satisfaction,
    k.scope_tier,
    k.is_epidemic,
    k.is_company_desk,
    coalesce(k.praise_form, '?') AS praise_form,
    k.unknown_district,
    k.unknown_street,
    CASE WHEN k.is_unit_type_unread THEN concat_ws(',', unread_columns(k.unread), 'unit_type')
        ELSE unread_columns(k.unread) END AS unread,
    k.given,
    CASE WHEN k.category <> k.found_category THEN k.category END AS written_category,
    CASE WHEN k.unit <> k.found_unit AND k.found_unit <> '?' THEN bare_name(k.unit) END AS written_unit,
    CASE
        WHEN
            k.found_unit_type <> '?'
            AND contains(k.given, '|unit_type|')
            AND k.given_unit_type IS DISTINCT FROM k.found_unit_type
            THEN coalesce(k.given_unit_type, '')
    END AS written_unit_type,
    written_place(k.place_district, k.found_district, k.unknown_district) AS written_district,
    written_place(k.place_street, k.found_street, k.unknown_street) AS written_street
FROM staging.found AS k
CROSS JOIN staging.delivery AS y
CROSS JOIN staging.secret AS z
