-- One row per parsed row, in the file's order (rowid = ordinal): the cells of which no time could be
-- made, and the columns with a word that no list has. Key: rowid. Read only where something was
-- written without one of its times.
SELECT c.unread
FROM staging.clean AS c
