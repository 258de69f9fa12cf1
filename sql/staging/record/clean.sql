-- One row per row that could be parsed: typed, tidied and masked, before registers are joined.
-- Key: none (repeats are resolved later). Columns that nobody asks for cost nothing: every reader
-- of this view projects, so the text masks run only where texts are written.
-- The macros (tidy, to_time, ...) are defined in pipeline/ingest/staging/macros.py; one step per CTE,
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
        mask_short(tidy(i.unit)) AS unit_name,
        tidy(i.caller_name) AS caller_cell,
        tidy(i.seat_name) AS seat_cell,
        -- How rich a row is decides which of two repeats survives: every canonical cell counts.
        (
            filled(i.record_type) + filled(i.category_path) + filled(i.category) + filled(i.subcategory)
            + filled(i.topic) + filled(i.tag) + filled(i.title) + filled(i.content)
            + filled(i.place) + filled(i.status) + filled(i.channel) + filled(i.caller_name)
            + filled(i.caller_phone) + filled(i.place_district) + filled(i.place_street) + filled(i.unit) + filled(i.unit_type)
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
        person(j.caller_cell) AS caller,
        person(j.seat_cell) AS seat
    FROM joined AS j
),

looked_over AS (
    SELECT
        w.*,
        is_odd(w.names) OR contains(w.names, w.caller) OR contains(w.names, w.seat) AS is_odd
    FROM judged AS w
),

-- Hardly any line is odd. Its names are masked as one list, so that the expressions, which take
-- milliseconds to compile, are in the plan once and not once a column. (Not so the texts: what
-- is in a lambda is compiled anew for every 2,048 rows that need it.)
named AS (
    SELECT
        o.*,
        CASE WHEN o.is_odd THEN list_transform(list_transform([
            o.category, split_part(o.category_path, '->', 1), o.subcategory,
            split_part(o.category_path, '->', 2), o.topic, split_part(o.category_path, '->', 3),
            o.tag, o.status, o.channel, o.platform, o.handling, o.place_district, o.place_street,
            o.praise_form
        ], lambda x: mask_short(tidy(x))), lambda x: mask_name(x, o.caller, o.seat)) END AS masked
    FROM looked_over AS o
),

typed AS (
    SELECT
        tidy_id(g.record_id) AS record_id,
        to_time(g.received_at) AS called_at,
        g.received_at AS called_text,
        g.created_at AS created_text,
        coalesce(g.received_at, g.created_at) AS received_text,
        to_time(g.dispatched_at) AS dispatched_at,
        -- As written: enough to find a dispatch again, without parsing it in every pass.
        g.dispatched_at AS dispatched_text,
        g.unit AS unit_text,
        to_time(g.due_at) AS due_at,
        g.due_at AS due_text,
        to_time(g.closed_at) AS closed_at,
        g.closed_at AS closed_text,
        to_type(g.record_type) AS record_type,
        g.record_type AS record_type_text,
        coalesce(
            either(g.category, g.masked, 1),
            either(split_part(g.category_path, '->', 1), g.masked, 2)
        ) AS category,
        coalesce(
            either(g.subcategory, g.masked, 3),
            either(split_part(g.category_path, '->', 2), g.masked, 4)
        ) AS subcategory,
        coalesce(
            either(g.topic, g.masked, 5),
            either(split_part(g.category_path, '->', 3), g.masked, 6)
        ) AS topic,
        either(g.tag, g.masked, 7) AS tag,
        either(g.status, g.masked, 8) AS status,
        either(g.channel, g.masked, 9) AS channel,
        either(g.platform, g.masked, 10) AS platform,
        either(g.handling, g.masked, 11) AS handling,
        either(g.place_district, g.masked, 12) AS place_district,
        either(g.place_street, g.masked, 13) AS place_street,
        either(g.praise_form, g.masked, 14) AS praise_form,
        mask_name(g.unit_name, g.caller, g.seat) AS unit,
        -- Asked once a row; which of the times it was is looked up only where there is one.
        (
            is_zoned(coalesce(g.received_at, g.created_at)) OR is_zoned(g.dispatched_at)
            OR is_zoned(g.due_at) OR is_zoned(g.closed_at)
        ) AS is_zoned,
        to_unit_type(g.unit_type) AS given_unit_type,
        filled(g.unit_type) = 1 AND NOT says_nothing(g.unit_type) AS has_unit_type,
        filled(g.place_district) = 1 AS has_district,
        filled(g.place_street) = 1 AS has_street,
        g.caller_phone,
        g.caller,
        g.seat,
        yes_no(g.is_valid) AS is_valid,
        g.is_valid AS is_valid_text,
        yes_no(g.is_contacted) AS is_contacted,
        g.is_contacted AS is_contacted_text,
        to_resolution(g.resolution) AS resolution,
        g.resolution AS resolution_text,
        to_satisfaction(g.satisfaction) AS satisfaction,
        g.satisfaction AS satisfaction_text,
        to_tier(g.scope_tier) AS scope_tier,
        g.scope_tier AS scope_tier_text,
        yes_no(g.is_epidemic) AS is_epidemic,
        g.is_epidemic AS is_epidemic_text,
        yes_no(g.is_company_desk) AS is_company_desk,
        g.is_company_desk AS is_company_desk_text,
        mask_people(g.title, g.caller, g.seat, account(g.caller_phone)) AS title,
        mask_people(g.content, g.caller, g.seat, account(g.caller_phone)) AS content,
        mask_people(g.reply, g.caller, g.seat, account(g.caller_phone)) AS reply,
        g.filled_count,
        g.part_no,
        g.given,
        g.ids_are_rounded
    FROM named AS g
),

-- A missing time of the call falls back on the time the record was made: the same minute.
stood_in AS (
    SELECT
        c.*,
        coalesce(c.called_at, to_time(c.created_text)) AS received_at
    FROM typed AS c
),

guarded AS (
    SELECT
        t.* REPLACE (
            in_range(t.received_at) AS received_at,
            in_range(t.dispatched_at) AS dispatched_at,
            in_range(t.due_at) AS due_at,
            in_range(t.closed_at) AS closed_at
        )
    FROM stood_in AS t
),

-- Cells that say something, of which nothing could be made.
lost AS (
    SELECT
        r.*,
        (
            is_lost(r.called_at, r.called_text)::INTEGER
            + is_lost(r.dispatched_at, r.dispatched_text)::INTEGER
            + is_lost(r.due_at, r.due_text)::INTEGER
            + is_lost(r.closed_at, r.closed_text)::INTEGER
            + is_lost(r.record_type, r.record_type_text)::INTEGER
            + is_lost(r.is_valid, r.is_valid_text)::INTEGER
            + is_lost(r.is_contacted, r.is_contacted_text)::INTEGER
            + is_lost(r.resolution, r.resolution_text)::INTEGER
            + is_lost(r.satisfaction, r.satisfaction_text)::INTEGER
            + is_lost(r.scope_tier, r.scope_tier_text)::INTEGER
            + is_lost(r.is_epidemic, r.is_epidemic_text)::INTEGER
            + is_lost(r.is_company_desk, r.is_company_desk_text)::INTEGER
        ) AS lost_count
    FROM guarded AS r
),

-- A title or reply seldom holds anything; nearly every content has a house number.
masked AS (
    SELECT
        d.* EXCLUDE (caller, seat) REPLACE (
            CASE WHEN has_personal(d.title) THEN mask_text(d.title, d.caller, d.seat)
                ELSE d.title END AS title,
            CASE WHEN has_rest(d.content) THEN mask_text(d.content, d.caller, d.seat)
                ELSE mask_number(d.content) END AS content,
            CASE WHEN has_personal(d.reply) THEN mask_text(d.reply, d.caller, d.seat)
                ELSE d.reply END AS reply
        )
    FROM lost AS d
)

-- Only here are texts that masking left empty made null: nullif around the masks would run them
-- twice, for it is a CASE that names its argument twice.
SELECT
    d.* EXCLUDE (
        called_at, called_text, created_text, received_text, due_text, closed_text, ids_are_rounded,
        lost_count, record_type_text, is_valid_text, is_contacted_text, resolution_text,
        satisfaction_text, scope_tier_text, is_epidemic_text, is_company_desk_text
    ) REPLACE (
        nullif(d.title, '') AS title,
        nullif(d.content, '') AS content,
        nullif(d.reply, '') AS reply,
        coalesce(d.record_type, '其他') AS record_type,
        coalesce(d.resolution, '?') AS resolution,
        coalesce(d.satisfaction, '?') AS satisfaction,
        coalesce(d.scope_tier, 0::TINYINT) AS scope_tier,
        -- A lost cell makes no row richer. Without an id the count says only whether the row is blank.
        d.filled_count - CASE WHEN d.record_id IS NULL THEN 0 ELSE d.lost_count END AS filled_count
    ),
    CASE
        WHEN d.record_id IS NULL THEN 'record_id_missing'
        -- No record at all: counted, but not among the rows read.
        WHEN is_heading(d.record_id) THEN 'header_repeated'
        WHEN is_rounded(d.record_id, d.ids_are_rounded) THEN 'record_id_rounded'
        WHEN is_formula(d.record_id) THEN 'record_id_formula'
        WHEN d.received_at IS NOT NULL THEN NULL
        WHEN tidy(d.received_text) IS NULL THEN 'received_at_missing'
        ELSE 'received_at_invalid'
    END AS reject_reason,
    CASE
        WHEN
            d.record_id IS NULL
            OR is_formula(d.record_id)
            OR is_rounded(d.record_id, d.ids_are_rounded)
            THEN 'record_id'
        WHEN d.received_at IS NULL THEN 'received_at'
    END AS reject_column,
    CASE WHEN d.received_at IS NULL THEN mask_time(tidy(d.received_text)) END AS reject_value,
    CASE WHEN d.lost_count > 0
        THEN nullif(concat_ws(
            chr(10),
            -- The row is kept by the time it was made: what it says of the call is lost all the same.
            array_to_string(list_transform([
                {'name': 'received_at', 'at': d.called_at, 'cell': d.called_text},
                {'name': 'dispatched_at', 'at': d.dispatched_at, 'cell': d.dispatched_text},
                {'name': 'due_at', 'at': d.due_at, 'cell': d.due_text},
                {'name': 'closed_at', 'at': d.closed_at, 'cell': d.closed_text}
            ], lambda x: unread(x.name, x.at, x.cell)), chr(10)),
            unknown_word('record_type', d.record_type, d.record_type_text),
            unknown_word('is_valid', d.is_valid, d.is_valid_text),
            unknown_word('is_contacted', d.is_contacted, d.is_contacted_text),
            unknown_word('resolution', d.resolution, d.resolution_text),
            unknown_word('satisfaction', d.satisfaction, d.satisfaction_text),
            unknown_word('scope_tier', d.scope_tier, d.scope_tier_text),
            unknown_word('is_epidemic', d.is_epidemic, d.is_epidemic_text),
            unknown_word('is_company_desk', d.is_company_desk, d.is_company_desk_text)
        ), '')
    END AS unread
FROM masked AS d
