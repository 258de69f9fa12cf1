-- One row per row that could be parsed: typed, tidied and masked, before registers are joined.
-- Key: none (repeats are resolved later). Columns that nobody asks for cost nothing: every reader
-- of this view projects, so the text masks run only where texts are written.
-- The macros (tidy, to_time, ...) are defined in pipeline/ingest/functions.py; one step per CTE,
-- because a macro's argument is pasted as often as its body names it.
WITH joined AS (
    SELECT
        i.*,
        -- Names are looked over together: one search for odd blanks and long numbers in the line
        -- costs a tenth of a search in each of its columns, and hardly any line has them.
        concat_ws(
            '|', '', i.category_path, i.category, i.subcategory, i.topic, i.tag, i.status, i.channel,
            i.platform, i.handling, i.place_district, i.place_street, i.praise_form, ''
        ) AS names,
        -- How rich a row is decides which of two repeats survives: every canonical cell counts.
        (
            filled(i.record_type) + filled(i.category_path) + filled(i.category) + filled(i.subcategory)
            + filled(i.topic) + filled(i.tag) + filled(i.title) + filled(i.content)
            + filled(i.place) + filled(i.status) + filled(i.channel) + filled(i.caller_name)
            + filled(i.caller_phone) + filled(i.place_district) + filled(i.place_street) + filled(i.unit)
            + filled(i.reply) + filled(i.handling) + filled(i.received_at) + filled(i.created_at)
            + filled(i.dispatched_at) + filled(i.due_at) + filled(i.closed_at) + filled(i.seat_id)
            + filled(i.seat_name) + filled(i.company_name) + filled(i.repeat_notice_count) + filled(i.is_valid)
            + filled(i.is_contacted) + filled(i.resolution) + filled(i.satisfaction) + filled(i.scope_tier)
            + filled(i.is_epidemic) + filled(i.is_company_desk) + filled(i.platform) + filled(i.praise_form)
        ) AS filled_count
    FROM staging.input AS i
),

judged AS (
    SELECT
        j.*,
        person(tidy(j.caller_name)) AS caller,
        is_odd(j.names) AS is_odd
    FROM joined AS j
),

typed AS (
    SELECT
        tidy_id(g.record_id) AS record_id,
        -- A missing time of the call falls back on the time the record was made: the same minute.
        coalesce(to_time(g.received_at), to_time(g.created_at)) AS received_at,
        coalesce(g.received_at, g.created_at) AS received_text,
        to_time(g.dispatched_at) AS dispatched_at,
        -- As written: enough to find a dispatch again, without parsing it in every pass.
        g.dispatched_at AS dispatched_text,
        g.unit AS unit_text,
        to_time(g.due_at) AS due_at,
        to_time(g.closed_at) AS closed_at,
        coalesce(to_type(g.record_type), '其他') AS record_type,
        coalesce(
            name(g.category, g.is_odd),
            name(split_part(g.category_path, '->', 1), g.is_odd)
        ) AS category,
        coalesce(
            name(g.subcategory, g.is_odd),
            name(split_part(g.category_path, '->', 2), g.is_odd)
        ) AS subcategory,
        coalesce(
            name(g.topic, g.is_odd),
            name(split_part(g.category_path, '->', 3), g.is_odd)
        ) AS topic,
        name(g.tag, g.is_odd) AS tag,
        name(g.status, g.is_odd) AS status,
        name(g.channel, g.is_odd) AS channel,
        name(g.platform, g.is_odd) AS platform,
        name(g.handling, g.is_odd) AS handling,
        name(g.place_district, g.is_odd) AS place_district,
        name(g.place_street, g.is_odd) AS place_street,
        name(g.praise_form, g.is_odd) AS praise_form,
        mask_digits(tidy(g.unit)) AS unit,
        filled(g.place_district) = 1 AS has_district,
        filled(g.place_street) = 1 AS has_street,
        g.caller_phone,
        g.caller,
        yes_no(g.is_valid) AS is_valid,
        yes_no(g.is_contacted) AS is_contacted,
        coalesce(to_resolution(g.resolution), '?') AS resolution,
        coalesce(to_satisfaction(g.satisfaction), '?') AS satisfaction,
        coalesce(to_tier(g.scope_tier), 0::TINYINT) AS scope_tier,
        yes_no(g.is_epidemic) AS is_epidemic,
        yes_no(g.is_company_desk) AS is_company_desk,
        mask_people(g.title, g.caller, g.seat_name, account(g.caller_phone)) AS title,
        mask_people(g.content, g.caller, g.seat_name, account(g.caller_phone)) AS content,
        mask_people(g.reply, g.caller, g.seat_name, account(g.caller_phone)) AS reply,
        g.filled_count,
        g.part_no,
        g.ids_are_rounded
    FROM judged AS g
),

guarded AS (
    SELECT
        t.* REPLACE (
            in_range(t.received_at) AS received_at,
            in_range(t.dispatched_at) AS dispatched_at,
            in_range(t.due_at) AS due_at,
            in_range(t.closed_at) AS closed_at,
            -- Short names that people type freely have been seen to hold the caller's name.
            mask_word(t.subcategory, t.caller, '某某') AS subcategory,
            mask_word(t.topic, t.caller, '某某') AS topic,
            mask_word(t.tag, t.caller, '某某') AS tag,
            keep_number(t.title) AS title,
            keep_number(t.content) AS content,
            keep_number(t.reply) AS reply
        )
    FROM typed AS t
)

SELECT
    d.* EXCLUDE (received_text, caller, ids_are_rounded) REPLACE (
        mask_number(d.title) AS title,
        mask_number(d.content) AS content,
        mask_number(d.reply) AS reply
    ),
    CASE
        WHEN d.record_id IS NULL THEN 'record_id_missing'
        -- No record at all: counted, but not among the rows read.
        WHEN is_heading(d.record_id) THEN 'header_repeated'
        WHEN is_rounded(d.record_id, d.ids_are_rounded) THEN 'record_id_rounded'
        WHEN d.received_at IS NOT NULL THEN NULL
        WHEN tidy(d.received_text) IS NULL THEN 'received_at_missing'
        ELSE 'received_at_invalid'
    END AS reject_reason,
    CASE
        WHEN d.record_id IS NULL OR is_rounded(d.record_id, d.ids_are_rounded) THEN 'record_id'
        WHEN d.received_at IS NULL THEN 'received_at'
    END AS reject_column,
    CASE WHEN d.received_at IS NULL THEN mask_value(tidy(d.received_text)) END AS reject_value
FROM guarded AS d
