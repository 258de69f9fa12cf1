-- One row per column with a short list and unknown value in it; the row with a null value counts the
-- values of a column that are not listed. Key: column_name, value.
-- Such a cell counts as unknown (a record's type: as 其他). In a misaligned row it can be a person's
-- name or address: a value is listed only if it occurs in three rows and 1% of the filled cells, looks
-- like neither, and contains no caller's or seat's name of the file. Placeholders of an empty value
-- are ignored. Answers are few, so that equal rows are counted first. The file is read, here and for
-- its names, only if written.sql has counted such rows.
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
        to_type(a.record_type) IS NULL AS is_unknown,
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
    SELECT c.column_name, tidy(c.value) AS value, c.is_unknown, sum(c.row_count)::BIGINT AS row_count
    FROM cell AS c
    WHERE NOT says_nothing(c.value)
    GROUP BY ALL
),

shared AS (
    SELECT n.*, sum(n.row_count) OVER (PARTITION BY n.column_name) AS filled_count
    FROM counted AS n
),

unknown_value AS (
    SELECT
        h.column_name,
        h.value,
        h.row_count,
        h.row_count >= 3 AND h.row_count * 100 >= h.filled_count AND is_impersonal(h.value) AS is_frequent
    FROM shared AS h
    WHERE h.is_unknown
),

person AS (
    SELECT unnest([person(tidy(i.caller_name)), person(tidy(i.seat_name))]) AS name
    FROM staging.input AS i
),

-- Few values against many names: no table of all names is created.
named AS (
    SELECT DISTINCT w.value
    FROM (SELECT DISTINCT g.value FROM unknown_value AS g WHERE g.is_frequent) AS w
    INNER JOIN person AS p ON contains(w.value, p.name)
),

listed AS (
    SELECT
        g.column_name,
        CASE WHEN g.is_frequent AND d.value IS NULL THEN g.value END AS value,
        g.row_count
    FROM unknown_value AS g
    LEFT JOIN named AS d ON g.value = d.value
)

SELECT t.column_name, t.value, sum(t.row_count)::BIGINT AS row_count
FROM listed AS t
GROUP BY t.column_name, t.value
ORDER BY t.column_name, t.value IS NULL, 3 DESC, t.value
