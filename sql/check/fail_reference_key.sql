-- title: 参考表的键不得重复
-- example: data/reference/{reference}.csv 的键 {key} 出现了 {row_count} 次
-- One row: a key that a reference table holds more than once. Key: reference, key.
-- A repeated key would multiply every row that is joined to it.
WITH keyed AS (
    SELECT 'district' AS reference, district AS key
    FROM ref.district
    UNION ALL
    SELECT 'population' AS reference, vintage || ' ' || district AS key
    FROM ref.population
    UNION ALL
    SELECT 'population_use' AS reference, CAST(year AS STRING) AS key
    FROM ref.population_use
    UNION ALL
    SELECT 'partial_year' AS reference, CAST(year AS STRING) AS key
    FROM ref.partial_year
    UNION ALL
    SELECT 'scope_use' AS reference, purpose || ' ' || scope AS key
    FROM ref.scope_use
    UNION ALL
    SELECT 'category' AS reference, category AS key
    FROM ref.category
    UNION ALL
    SELECT 'subcategory' AS reference, category || ' ' || subcategory AS key
    FROM ref.subcategory
    UNION ALL
    SELECT 'member' AS reference, dimension || ' ' || member AS key
    FROM ref.member
    UNION ALL
    SELECT 'report_rule' AS reference, rule AS key
    FROM ref.report_rule
    UNION ALL
    SELECT 'list_rule' AS reference, place || ' ' || measure AS key
    FROM ref.list_rule
)

SELECT
    reference,
    key,
    count(*) AS row_count
FROM keyed
GROUP BY reference, key
HAVING count(*) > 1
