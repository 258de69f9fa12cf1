-- One row: a tree. Key: record_id.
SELECT * FROM core.tree_row
