-- One row per district as it is written in the loaded records. Key: name.
-- row_count: the records with it. A name that a register has found under another one is listed here as
-- it was written.
SELECT
    coalesce(d.written_district, d.unknown_district, d.place_district) AS name,
    count(*) AS row_count
FROM source.record_dispatch AS d
WHERE d.is_last
GROUP BY coalesce(d.written_district, d.unknown_district, d.place_district)
HAVING coalesce(d.written_district, d.unknown_district, d.place_district) NOT IN ('', '?')
ORDER BY row_count DESC, name
