-- One row per record and dispatch, as it lies in data/warehouse/records. Key: record_id,
-- dispatch_no. Registers are joined by alias; what no register knows is '?', and the name of an
-- unknown unit or category stays as written, so that nothing is lost and a register can be mended.
-- What a name means is asked for the day the record was received. in_force_* (see register.py) is
-- the test of the day, and nothing at all for a register in which no spelling depends on it.
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
    coalesce(g.category, k.category, '?') AS category,
    coalesce(k.subcategory, '?') AS subcategory,
    coalesce(k.topic, '?') AS topic,
    coalesce(k.tag, '?') AS tag,
    coalesce(k.status, '?') AS status,
    coalesce(k.channel, '?') AS channel,
    coalesce(k.platform, '?') AS platform,
    coalesce(k.handling, '?') AS handling,
    -- A unit named on a record that was answered on the spot handled nothing.
    CASE WHEN k.handling = '直接解答' THEN '?' ELSE coalesce(u.unit_type, '?') END AS unit_type,
    CASE WHEN k.handling = '直接解答' THEN '?' ELSE coalesce(u.unit, k.unit, '?') END AS unit,
    CASE WHEN k.handling = '直接解答' THEN '?' ELSE coalesce(u.district, '?') END AS unit_district,
    CASE WHEN k.handling = '直接解答' THEN '?' ELSE coalesce(u.street, '?') END AS unit_street,
    -- A street that has moved brings its district along.
    coalesce(s.district, d.district, '?') AS place_district,
    coalesce(s.street, '?') AS place_street,
    caller_hash(z.caller_key, k.caller_phone) AS caller_hash,
    k.is_valid,
    k.is_contacted,
    k.resolution,
    k.satisfaction,
    k.scope_tier,
    k.is_epidemic,
    k.is_company_desk,
    coalesce(k.praise_form, '?') AS praise_form,
    -- What no register knows, as written, for data/reports/unmatched.csv: mostly null.
    CASE WHEN d.district IS NULL THEN nullif(mask_number(left(k.place_district, 40)), '') END AS unknown_district,
    CASE WHEN s.street IS NULL THEN nullif(mask_number(left(k.place_street, 40)), '') END AS unknown_street,
    unread_columns(k.unread) AS unread,
    k.given
FROM staging.kept AS k
CROSS JOIN staging.delivery AS y
CROSS JOIN staging.secret AS z
LEFT JOIN staging.category_alias AS g
    ON k.category = g.alias AND in_force_category(k.received_at, g.valid_from, g.valid_to)
LEFT JOIN staging.district_alias AS d
    ON k.place_district = d.alias AND in_force_district(k.received_at, d.valid_from, d.valid_to)
LEFT JOIN staging.street_alias AS s
    ON
        d.district = s.within
        AND k.place_street = s.alias
        AND in_force_street(k.received_at, s.valid_from, s.valid_to)
LEFT JOIN staging.unit_meant AS u
    ON k.unit = u.alias AND in_force_unit(k.received_at, u.valid_from, u.valid_to)
