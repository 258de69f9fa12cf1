-- One row per cell of a row that is not rejected, of which no time could be made: the row is kept,
-- and the cell counts as empty. Key: sheet, line, column_name. For the letter to the sender.
WITH cell AS (
    SELECT
        d.rowid AS row_no,
        d.record_id,
        d.part_no,
        unnest(string_split(u.unread, chr(10))) AS entry
    FROM staging.unread_row AS u
    INNER JOIN staging.identity AS d ON u.rowid = d.rowid
    WHERE contains(u.unread, '_at:') AND d.reject_reason IS NULL
)

SELECT
    p.sheet,
    n.line,
    split_part(c.entry, ':', 1) AS column_name,
    printable_id(c.record_id) AS record_id,
    substr(c.entry, strpos(c.entry, ':') + 1) AS value_masked,
    'time_unread' AS reason,
    c.part_no AS sheet_no
FROM cell AS c
LEFT JOIN staging.part AS p ON c.part_no = p.part_no
LEFT JOIN staging.line AS n ON c.row_no = n.row_no
WHERE contains(c.entry, '_at:')
