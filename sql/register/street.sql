-- One row per street as it is written and the district written beside it. Key: within, name.
-- row_count: the records with it; within is '' where no district is.
SELECT
    CASE
        WHEN coalesce(d.written_district, d.unknown_district, d.place_district) = '?' THEN ''
        ELSE coalesce(d.written_district, d.unknown_district, d.place_district)
    END AS within,
    coalesce(d.written_street, d.unknown_street, d.place_street) AS name,
    count(*) AS row_count
FROM source.record_dispatch AS d
WHERE d.is_last AND coalesce(d.written_street, d.unknown_street, d.place_street) NOT IN ('', '?')
GROUP BY
    CASE
        WHEN coalesce(d.written_district, d.unknown_district, d.place_district) = '?' THEN ''
        ELSE coalesce(d.written_district, d.unknown_district, d.place_district)
    END,
    coalesce(d.written_street, d.unknown_street, d.place_street)
ORDER BY within, row_count DESC, name
