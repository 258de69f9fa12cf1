-- One row per subcategory and the category written beside it. Key: within, name. row_count: the records
-- with it.
SELECT coalesce(d.written_category, d.category) AS within, d.subcategory AS name, count(*) AS row_count
FROM source.record_dispatch AS d
WHERE d.is_last AND d.subcategory <> '?' AND coalesce(d.written_category, d.category) <> '?'
GROUP BY coalesce(d.written_category, d.category), d.subcategory
ORDER BY within, row_count DESC, name
