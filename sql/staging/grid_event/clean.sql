-- One row per row that could be parsed: typed and tidied, before registers are joined.
-- Key: none (repeats are resolved later). An event is not dispatched here: the columns of a dispatch,
-- which the shared flow reads, are empty.
WITH typed AS (
    SELECT
        tidy_id(i.record_id) AS record_id,
        to_time(i.received_at) AS received_at,
        i.received_at AS received_text,
        to_time(i.closed_at) AS closed_at,
        i.closed_at AS closed_text,
        is_zoned(i.received_at) OR is_zoned(i.closed_at) AS is_zoned,
        mask_short(tidy(i.category)) AS category,
        mask_short(tidy(i.place_district)) AS place_district,
        mask_short(tidy(i.place_street)) AS place_street,
        tidy(i.grid) AS grid,
        mask_short(tidy(i.channel)) AS channel,
        mask_short(tidy(i.status)) AS status,
        (
            filled(i.record_id) + filled(i.place_district) + filled(i.place_street) + filled(i.grid)
            + filled(i.category) + filled(i.received_at) + filled(i.closed_at) + filled(i.channel)
            + filled(i.status)
        ) AS filled_count,
        i.part_no,
        i.given,
        i.ids_are_rounded
    FROM staging.input AS i
),

guarded AS (
    SELECT t.* REPLACE (
        in_range(t.received_at) AS received_at,
        in_range(t.closed_at) AS closed_at,
        t.filled_count - CASE
            WHEN t.record_id IS NULL THEN 0
            ELSE is_lost(in_range(t.closed_at), t.closed_text)::INTEGER
        END AS filled_count
    )
    FROM typed AS t
),

judged AS (
    SELECT
        d.*,
        CASE
            WHEN d.record_id IS NULL THEN 'record_id_missing'
            -- No event at all: counted, but not among the rows read.
            WHEN is_heading(d.record_id) THEN 'header_repeated'
            WHEN is_rounded(d.record_id, d.ids_are_rounded) THEN 'record_id_rounded'
            WHEN is_formula(d.record_id) THEN 'record_id_formula'
            WHEN d.received_at IS NULL AND tidy(d.received_text) IS NULL THEN 'received_at_missing'
            WHEN d.received_at IS NULL THEN 'received_at_invalid'
            WHEN d.closed_at < d.received_at THEN 'closed_before_received'
            WHEN d.place_district IS NOT NULL AND a.district IS NULL THEN 'district_unknown'
        END AS reject_reason,
        a.district
    FROM guarded AS d
    LEFT JOIN staging.district_alias AS a
        ON d.place_district = a.alias AND in_force_district(d.received_at, a.valid_from, a.valid_to)
)

SELECT
    j.* EXCLUDE (received_text, closed_text, ids_are_rounded, place_district),
    NULL::TIMESTAMP AS dispatched_at,
    NULL::VARCHAR AS dispatched_text,
    NULL::VARCHAR AS unit,
    NULL::VARCHAR AS unit_text,
    j.place_district IS NOT NULL AS has_district,
    j.place_street IS NOT NULL AS has_street,
    CASE j.reject_reason
        WHEN 'record_id_missing' THEN 'record_id'
        WHEN 'record_id_rounded' THEN 'record_id'
        WHEN 'received_at_missing' THEN 'received_at'
        WHEN 'received_at_invalid' THEN 'received_at'
        WHEN 'closed_before_received' THEN 'closed_at'
        WHEN 'district_unknown' THEN 'place_district'
    END AS reject_column,
    CASE j.reject_reason
        WHEN 'record_id_missing' THEN mask_time(tidy(j.received_text))
        WHEN 'received_at_invalid' THEN mask_time(tidy(j.received_text))
        WHEN 'closed_before_received' THEN j.closed_at::VARCHAR
        WHEN 'district_unknown' THEN mask_value(j.place_district)
    END AS reject_value,
    CASE WHEN is_lost(j.closed_at, j.closed_text)
        THEN unread('closed_at', j.closed_at, j.closed_text) END AS unread
FROM judged AS j
