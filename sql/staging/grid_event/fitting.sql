-- One row per row asked about, in its order: whether its cells say what their columns hold. Key: none.
-- Asked of rows with an empty cell too many: in a row that has slipped some time cannot be read, or a
-- district is in no register.
SELECT c.reject_reason IS NULL AND c.unread IS NULL AS is_fitting
FROM staging.clean AS c
