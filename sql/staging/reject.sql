-- One row per line that is not loaded, for the letter to the sender. Key: line (of the file as
-- received, counted in physical lines; null where it cannot be known). Never the line as it came.
SELECT
    y.receipt,
    y.file,
    n.line,
    d.reject_column AS column_name,
    d.reject_reason AS reason,
    d.reject_value AS value_masked,
    -- An id column that holds a phone number or an identity card is told by its shape only.
    CASE
        WHEN regexp_full_match(d.record_id, '1[3-9][0-9]{9}|[0-9]{17}[0-9Xx]') THEN '***'
        ELSE d.record_id
    END AS record_id
FROM staging.identity AS d
CROSS JOIN staging.delivery AS y
LEFT JOIN staging.line AS n ON d.rowid = n.row_no
WHERE d.reject_reason IS NOT NULL
UNION ALL
SELECT
    y.receipt,
    y.file,
    e.line,
    e.column_name,
    e.reason,
    NULL AS value_masked,
    NULL AS record_id
FROM staging.parse_error AS e
CROSS JOIN staging.delivery AS y
