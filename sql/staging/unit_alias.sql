-- One row per spelling of a handling unit and span of days. Key: alias, valid_from.
SELECT m.alias, m.name AS unit, m.unit_type, m.district, m.street, m.valid_from, m.valid_to
FROM staging.meaning AS m
WHERE m.kind = 'unit'
