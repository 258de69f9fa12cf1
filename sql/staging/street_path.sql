-- One row per way in which a district and a street of it are in one cell, and span of days.
-- Key: alias, valid_from.
SELECT p.alias, p.district, p.street, p.valid_from, p.valid_to
FROM staging.place_alias AS p
WHERE p.street IS NOT NULL
