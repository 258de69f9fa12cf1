-- One row per row of a loaded file, as staging.kept has it: names as they were written, for found.sql
-- and stored.sql to find anew in the registers. Key: record_id, dispatch_no.
-- caller_phone is the stored hash: pipeline/ingest/renamed.py hashes nothing.
SELECT
    o.* EXCLUDE (
        unit_type, unit_district, unit_street, unknown_district, unknown_street, caller_hash,
        written_category, written_unit, written_unit_type, written_district, written_street
    ) REPLACE (
        coalesce(o.written_category, nullif(o.category, '?')) AS category,
        coalesce(o.written_unit, nullif(o.unit, '?')) AS unit,
        nullif(coalesce(o.written_district, o.unknown_district, nullif(o.place_district, '?')), '')
            AS place_district,
        nullif(coalesce(o.written_street, o.unknown_street, nullif(o.place_street, '?')), '')
            AS place_street,
        nullif(regexp_replace(o.unread, ',?unit_type$', ''), '') AS unread
    ),
    -- Without such a column in the file the kind is that of the register.
    CASE
        WHEN contains(o.given, '|unit_type|')
            THEN nullif(coalesce(o.written_unit_type, nullif(o.unit_type, '?')), '')
    END AS given_unit_type,
    coalesce(contains(o.unread, 'unit_type'), false) OR (
        contains(o.given, '|unit_type|') AND coalesce(o.written_unit_type, o.unit_type) NOT IN ('', '?')
    ) AS has_unit_type,
    o.caller_hash AS caller_phone
FROM staging.loaded AS o
