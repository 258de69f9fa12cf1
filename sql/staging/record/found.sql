-- One row per record and dispatch of staging.kept, with what its names mean in the registers.
-- Key: record_id, dispatch_no. Registers are joined by alias; what no register has is '?', and the
-- name of an unknown unit or category stays as written, so that nothing is lost and a register can be
-- mended.
-- A name that is not found as written is asked for once more by its key: without signs between
-- its parts and brackets (place_key), an office by the district or street that its name begins with,
-- a street alone by the district of the place (unit_key). The keys are null for the names that were
-- found, so that the second joins cost little.
-- The dump's own kind of unit serves where the register has none.
-- What a name means is asked for the day the record was received. in_force_* (see
-- staging/registers.py) is the test of the day, and nothing at all for a register in which no spelling
-- depends on it.
SELECT
    k.*,
    coalesce(g.category, k.category, '?') AS found_category,
    -- A unit named on a record that was answered on the spot handled nothing.
    CASE WHEN k.handling = '直接解答' THEN '?' ELSE coalesce(u.unit_type, v.unit_type, k.given_unit_type, '?') END
        AS found_unit_type,
    CASE WHEN k.handling = '直接解答' THEN '?' ELSE coalesce(u.unit, v.unit, k.unit, '?') END AS found_unit,
    CASE WHEN k.handling = '直接解答' THEN '?' ELSE coalesce(u.district, v.district, '?') END
        AS unit_district,
    CASE WHEN k.handling = '直接解答' THEN '?' ELSE coalesce(u.street, v.street, '?') END AS unit_street,
    -- A street that has moved brings its district along.
    coalesce(s.district, t.district, d.district, p.district, '?') AS found_district,
    coalesce(s.street, t.street, p.street, '?') AS found_street,
    -- What no register has, as written, for data/reports/unmatched.csv: mostly null.
    CASE
        WHEN d.district IS NULL AND p.district IS NULL
            THEN nullif(mask_number(left(k.place_district, 40)), '')
    END AS unknown_district,
    CASE
        WHEN s.street IS NULL AND t.street IS NULL
            THEN nullif(mask_number(left(k.place_street, 40)), '')
    END AS unknown_street,
    coalesce(
        k.has_unit_type
        AND k.handling IS DISTINCT FROM '直接解答'
        AND (k.given_unit_type IS NULL OR k.given_unit_type <> coalesce(u.unit_type, v.unit_type)),
        false
    ) AS is_unit_type_unread
FROM staging.kept AS k
LEFT JOIN staging.category_alias AS g
    ON k.category = g.alias AND in_force_category(k.received_at, g.valid_from, g.valid_to)
LEFT JOIN staging.district_alias AS d
    ON k.place_district = d.alias AND in_force_district(k.received_at, d.valid_from, d.valid_to)
LEFT JOIN staging.place_alias AS p
    ON
        CASE WHEN d.district IS NULL THEN place_key(k.place_district) END = p.alias
        AND in_force_place(k.received_at, p.valid_from, p.valid_to)
LEFT JOIN staging.street_alias AS s
    ON
        coalesce(d.district, p.district) = s.within
        AND k.place_street = s.alias
        AND in_force_street(k.received_at, s.valid_from, s.valid_to)
LEFT JOIN staging.street_path AS t
    ON
        CASE
            WHEN s.street IS NULL AND k.place_street IS NOT NULL
                THEN street_key(coalesce(d.district, p.district, ''), k.place_street)
        END = t.alias
        AND in_force_place(k.received_at, t.valid_from, t.valid_to)
LEFT JOIN staging.unit_meant AS u
    ON k.unit = u.alias AND in_force_unit(k.received_at, u.valid_from, u.valid_to)
LEFT JOIN staging.unit_alias AS v
    ON
        CASE WHEN u.unit IS NULL THEN unit_key(coalesce(d.district, p.district, ''), k.unit) END = v.alias
        AND in_force_unit(k.received_at, v.valid_from, v.valid_to)
