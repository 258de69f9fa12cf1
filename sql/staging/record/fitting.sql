-- One row per row asked about, in its order: whether its cells say what their columns hold. Key: none.
-- Asked of rows with an empty cell too many: a row that has slipped has a text where a time, a word
-- of a short list or a name of a register should be.
SELECT
    c.reject_reason IS NULL
    AND c.unread IS NULL
    AND (c.category IS NULL OR c.category IN (SELECT g.alias FROM staging.category_alias AS g))
    AND (
        c.place_district IS NULL
        OR c.place_district IN (SELECT d.alias FROM staging.district_alias AS d)
    )
    AND (c.unit IS NULL OR c.unit IN (SELECT u.alias FROM staging.unit_alias AS u))
    AND coalesce(c.handling, '派单') IN ('派单', '直接解答') AS is_fitting
FROM staging.clean AS c
