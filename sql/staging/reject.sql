-- One row per line that is not loaded, for the letter to the sender. Key: sheet, line (of the file
-- as received: physical lines, or rows of the sheet; null where it cannot be known). Never the line
-- as it came. A header repeated inside the data and a blank row are no records: not read at all.
SELECT
    y.receipt,
    y.file,
    n.line,
    d.reject_column AS column_name,
    d.reject_reason AS reason,
    d.reject_value AS value_masked,
    -- Where a column slipped, the id is a person's name, phone or card: described by its shape only.
    printable_id(d.record_id) AS record_id,
    d.part_no AS sheet_no,
    p.sheet
FROM staging.identity AS d
CROSS JOIN staging.delivery AS y
LEFT JOIN staging.part AS p ON d.part_no = p.part_no
LEFT JOIN staging.line AS n ON d.rowid = n.row_no
WHERE d.reject_reason NOT IN ('header_repeated', 'row_blank')
UNION ALL
SELECT
    y.receipt,
    y.file,
    e.line,
    e.column_name,
    e.reason,
    NULL AS value_masked,
    NULL AS record_id,
    0 AS sheet_no,
    NULL AS sheet
FROM staging.parse_error AS e
CROSS JOIN staging.delivery AS y
