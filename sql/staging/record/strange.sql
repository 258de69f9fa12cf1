-- One row per column with a short list of values and per value in it that is none of them, as far
-- as the first 50,000 rows of the file tell. Key: column_name, value.
-- Such a cell counts as unknown (a record's type: as 其他). A value that stands in less than a
-- hundredth of the filled cells is not told: where a row slipped, it is a person's name.
WITH head AS (
    SELECT i.*
    FROM staging.input AS i
    WHERE is_heading(i.record_id) IS NOT TRUE
    LIMIT 50000
),

cell AS (
    SELECT
        'record_type' AS column_name,
        h.record_type AS value,
        to_type(h.record_type) IS NULL AS is_strange
    FROM head AS h
    UNION ALL
    SELECT 'resolution', h.resolution, to_resolution(h.resolution) IS NULL FROM head AS h
    UNION ALL
    SELECT 'satisfaction', h.satisfaction, to_satisfaction(h.satisfaction) IS NULL FROM head AS h
    UNION ALL
    SELECT 'is_valid', h.is_valid, yes_no(h.is_valid) IS NULL FROM head AS h
    UNION ALL
    SELECT 'is_contacted', h.is_contacted, yes_no(h.is_contacted) IS NULL FROM head AS h
    UNION ALL
    SELECT 'scope_tier', h.scope_tier, to_tier(h.scope_tier) IS NULL FROM head AS h
),

counted AS (
    SELECT
        c.column_name,
        mask_short(left(tidy(c.value), 12)) AS value,
        c.is_strange,
        count(*) AS row_count
    FROM cell AS c
    WHERE tidy(c.value) IS NOT NULL
    GROUP BY ALL
),

told AS (
    SELECT
        n.*,
        n.row_count * 100 >= sum(n.row_count) OVER (PARTITION BY n.column_name) AS is_told
    FROM counted AS n
)

SELECT t.column_name, t.value, t.row_count
FROM told AS t
WHERE t.is_strange AND t.is_told
ORDER BY t.column_name, t.row_count DESC, t.value
