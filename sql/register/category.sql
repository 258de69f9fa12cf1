-- One row per category as it is written. Key: name. row_count: the records with it.
SELECT coalesce(d.written_category, d.category) AS name, count(*) AS row_count
FROM source.record_dispatch AS d
WHERE d.is_last AND coalesce(d.written_category, d.category) <> '?'
GROUP BY coalesce(d.written_category, d.category)
ORDER BY row_count DESC, name
