-- One row per handling unit as it is written. Key: name. unit_type: the kind that the dump or a register
-- gives it, '?' for none. row_count: dispatches to it.
SELECT
    coalesce(d.written_unit, d.unit) AS name,
    max(d.unit_type) AS unit_type,
    count(*) AS row_count
FROM source.record_dispatch AS d
WHERE coalesce(d.written_unit, d.unit) <> '?'
GROUP BY coalesce(d.written_unit, d.unit)
ORDER BY row_count DESC, name
