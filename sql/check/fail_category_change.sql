-- title: 类别变更表(category_change.csv)要能用
-- example: {valid_from} 起“{former}”改为“{new}”:{fault};请改正 data/reference/category_change.csv
-- One row: a fault of a row of the register of changes. Key: valid_from, former, new, fault.
WITH change AS (
    SELECT
        valid_from, category, former_category,
        coalesce(subcategory, '*') AS subcategory,
        coalesce(former_subcategory, '*') AS former_subcategory,
        coalesce(category, '') || coalesce('/' || nullif(subcategory, '*'), '') AS new,
        coalesce(former_category, '') || coalesce('/' || nullif(former_subcategory, '*'), '') AS former
    FROM ref.category_change
),

known AS (
    SELECT category AS class FROM ref.category
    UNION
    SELECT category || '/' || subcategory AS class FROM ref.subcategory
),

-- A former class that goes on beside what was split off has a row of its own.
kept AS (
    SELECT DISTINCT valid_from, new AS class FROM change WHERE new = former
)

SELECT
    change.valid_from, change.former, change.new,
    '有空格子,日期和两个类别都要填写' AS fault
FROM change
WHERE change.valid_from IS NULL OR change.category IS NULL OR change.former_category IS NULL
UNION ALL
SELECT
    change.valid_from, change.former, change.new,
    '一级类别只能对一级类别,二级只能对二级' AS fault
FROM change
WHERE (change.subcategory = '*') <> (change.former_subcategory = '*')
UNION ALL
SELECT DISTINCT
    change.valid_from, change.former, change.new,
    '类别表或二级类别表里没有“' || named.class || '”' AS fault
FROM change
JOIN (
    SELECT new AS class FROM change
    UNION
    SELECT former AS class FROM change
) AS named ON named.class = change.new OR named.class = change.former
LEFT JOIN known ON known.class = named.class
WHERE known.class IS NULL AND change.category IS NOT NULL AND change.former_category IS NOT NULL
UNION ALL
SELECT DISTINCT
    change.valid_from, change.former, change.new,
    '“' || change.former || '”自 ' || CAST(earlier.valid_from AS STRING) || ' 起已经变更,两行的日期重叠'
        AS fault
FROM change
JOIN change AS earlier
    ON earlier.former = change.former AND earlier.valid_from < change.valid_from
LEFT JOIN change AS again
    ON
        again.new = change.former
        AND again.valid_from >= earlier.valid_from
        AND again.valid_from < change.valid_from
WHERE again.new IS NULL
UNION ALL
SELECT DISTINCT
    change.valid_from, change.former, change.new,
    '“' || change.former || '”同日又由“' || onto.former || '”改来,成了循环或连环,请写成一步' AS fault
FROM change
JOIN change AS onto
    ON
        onto.valid_from = change.valid_from
        AND onto.new = change.former
        AND onto.former <> change.former
LEFT JOIN kept ON kept.valid_from = change.valid_from AND kept.class = change.former
WHERE kept.class IS NULL
