-- One row per column with a short list of values and per value in it that is none of them.
-- Key: column_name, value.
-- Such a cell counts as unknown (a record's type: as 其他). A value that stands in less than a
-- hundredth of the filled cells is not told: where a row slipped, it is a person's name. Answers are
-- few, so that rows with the same ones are counted first: the file is read once. It is read only
-- where written.sql has counted such rows.
WITH answer AS (
    SELECT
        i.record_type, i.resolution, i.satisfaction, i.is_valid, i.is_contacted, i.scope_tier,
        i.is_epidemic, i.is_company_desk,
        count(*) AS row_count
    FROM staging.input AS i
    WHERE is_heading(i.record_id) IS NOT TRUE
    GROUP BY ALL
),

cell AS (
    SELECT
        'record_type' AS column_name,
        a.record_type AS value,
        to_type(a.record_type) IS NULL AS is_strange,
        a.row_count
    FROM answer AS a
    UNION ALL
    SELECT 'resolution', a.resolution, to_resolution(a.resolution) IS NULL, a.row_count
    FROM answer AS a
    UNION ALL
    SELECT 'satisfaction', a.satisfaction, to_satisfaction(a.satisfaction) IS NULL, a.row_count
    FROM answer AS a
    UNION ALL
    SELECT 'is_valid', a.is_valid, yes_no(a.is_valid) IS NULL, a.row_count FROM answer AS a
    UNION ALL
    SELECT 'is_contacted', a.is_contacted, yes_no(a.is_contacted) IS NULL, a.row_count
    FROM answer AS a
    UNION ALL
    SELECT 'scope_tier', a.scope_tier, to_tier(a.scope_tier) IS NULL, a.row_count FROM answer AS a
    UNION ALL
    SELECT 'is_epidemic', a.is_epidemic, yes_no(a.is_epidemic) IS NULL, a.row_count
    FROM answer AS a
    UNION ALL
    SELECT 'is_company_desk', a.is_company_desk, yes_no(a.is_company_desk) IS NULL, a.row_count
    FROM answer AS a
),

counted AS (
    SELECT
        c.column_name,
        mask_short(left(tidy(c.value), 12)) AS value,
        c.is_strange,
        sum(c.row_count)::BIGINT AS row_count
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
