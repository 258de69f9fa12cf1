-- title: 月受理量不到全年月均的三分之一,可能未交付完整
-- example: {year} 年 {month} 月只有 {record_count} 件
-- One row: a month far below the mean of the year's other months. Key: year, month.
-- A dump that tails off keeps a few records to its last day, which the rule on partial years
-- cannot distinguish from a quiet month; so it is shown, not judged.
WITH monthly AS (
    SELECT
        year,
        month,
        sum(record_count) AS record_count
    FROM metric.cell
    WHERE
        metric = 'record_count'
        AND record_type = '*'
        AND category = '*'
        AND handling = '*'
        AND unit_type = '*'
        AND channel = '*'
        AND desk = '*'
        AND epidemic = '*'
        AND tag = '*'
    GROUP BY year, month
),

compared AS (
    SELECT
        year,
        month,
        record_count,
        sum(record_count) OVER (PARTITION BY year) - record_count AS other_count,
        count(*) OVER (PARTITION BY year) - 1 AS other_months
    FROM monthly
)

SELECT
    year,
    month,
    record_count
FROM compared
WHERE 3 * record_count * other_months < other_count
ORDER BY year, month
