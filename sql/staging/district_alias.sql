-- One row per spelling of a district and span of days. Key: alias, valid_from.
SELECT m.alias, m.name AS district, m.valid_from, m.valid_to
FROM staging.meaning AS m
WHERE m.kind = 'district'
