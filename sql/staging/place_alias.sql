-- One row per way in which a cell names a district, or a district and a street of it, and span of
-- days. Key: alias, valid_from. street is null where a district alone is named.
-- Asked for what district_alias and street_alias do not know, by place_key (see staging/registers.py).
SELECT m.alias, m.name AS district, NULL AS street, m.valid_from, m.valid_to
FROM staging.meaning AS m
WHERE m.kind = 'district'
UNION ALL
SELECT m.within || m.alias, m.district, m.street, m.valid_from, m.valid_to
FROM staging.meaning AS m
WHERE m.kind = 'street' AND NOT starts_with(m.alias, m.within)
