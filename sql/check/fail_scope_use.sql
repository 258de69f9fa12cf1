-- title: 每个年份、每种用途只应对应一个口径
-- example: {year} 年的用途 {purpose} 对应 {scope_count} 个口径(data/reference/scope_use.csv)
-- One row: a year and purpose with more than one scope, which would print every row twice.
-- Key: year, purpose.
SELECT
    loaded.year,
    used.purpose,
    count(*) AS scope_count
FROM (SELECT DISTINCT year, scope FROM metric.scope) AS loaded
JOIN ref.scope_use AS used ON used.scope = loaded.scope
GROUP BY loaded.year, used.purpose
HAVING count(*) > 1
