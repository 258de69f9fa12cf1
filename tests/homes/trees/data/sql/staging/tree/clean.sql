-- One row per row that could be parsed. Key: none (repeats are resolved by the shared flow).
SELECT
    tidy_id(i.tree_no) AS record_id,
    to_time(i.planted_on) AS received_at,
    mask_short(tidy(i.species)) AS species,
    tidy(i.place_district) AS place_district,
    NULL::TIMESTAMP AS dispatched_at,
    NULL::VARCHAR AS dispatched_text,
    NULL::VARCHAR AS unit,
    NULL::VARCHAR AS unit_text,
    tidy(i.place_district) IS NOT NULL AS has_district,
    false AS has_street,
    filled(i.tree_no) + filled(i.species) + filled(i.place_district) + filled(i.planted_on)
        AS filled_count,
    i.part_no,
    CASE
        WHEN tidy_id(i.tree_no) IS NULL THEN 'record_id_missing'
        WHEN is_heading(tidy_id(i.tree_no)) THEN 'header_repeated'
        WHEN to_time(i.planted_on) IS NULL THEN 'received_at_invalid'
    END AS reject_reason,
    CASE WHEN tidy_id(i.tree_no) IS NULL THEN 'tree_no' ELSE 'planted_on' END AS reject_column,
    mask_value(tidy(i.planted_on)) AS reject_value
FROM staging.input AS i
