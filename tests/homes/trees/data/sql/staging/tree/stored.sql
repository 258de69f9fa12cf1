-- One row per tree, as stored in data/warehouse/trees. Key: record_id.
SELECT
    k.record_id,
    y.receipt,
    k.is_last,
    k.received_at,
    coalesce(k.species, '?') AS species,
    coalesce(d.district, '?') AS district
FROM staging.kept AS k
CROSS JOIN staging.delivery AS y
LEFT JOIN staging.district_alias AS d ON k.place_district = d.alias
