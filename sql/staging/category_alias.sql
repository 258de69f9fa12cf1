-- One row per spelling of a category and span of days. Key: alias, valid_from.
SELECT m.alias, m.name AS category, m.valid_from, m.valid_to
FROM staging.meaning AS m
WHERE m.kind = 'category'
