-- One row: a month that is compared wholly, with one side of the comparison: the month itself
-- (is_this) or the one before it (is_before), 1 or 0 to multiply counts by.
-- Key: month_type, months_before, scope, year, month, is_before.
-- side_year and side_month are the month whose records are counted.
SELECT
    month_type, months_before, scope, year, month,
    year AS side_year, month AS side_month, 1 AS is_this, 0 AS is_before
FROM metric.month_pair
WHERE is_whole
UNION ALL
SELECT
    month_type, months_before, scope, year, month,
    before_year AS side_year, before_month AS side_month, 0 AS is_this, 1 AS is_before
FROM metric.month_pair
WHERE is_whole
