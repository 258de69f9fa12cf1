-- One row per district as written, spelling of a street and span of days, with the district and
-- street it means: another district where the street has moved. Key: within, alias, valid_from.
SELECT m.within, m.alias, m.district, m.street, m.valid_from, m.valid_to
FROM staging.meaning AS m
WHERE m.kind = 'street'
