-- One row per parsed row that is not rejected. Key: none.
-- In a file without rejects staging.sound is staging.clean itself (see stage.py): the wide passes
-- need not judge every line again.
SELECT c.*
FROM staging.clean AS c
WHERE c.reject_reason IS NULL
