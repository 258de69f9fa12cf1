-- One row: a cut by a column that some or all months of a period lack.
-- Key: cut, period_type, period.
-- Counts of such a cut hold the months without the column as `?`. Where some months have it
-- (known_month_count above 0), they are partial, a share whose whole holds `?` has no row, and
-- neither has a change from or to such a period (metric.growth, metric.changed). A period without
-- a row lacks nothing.
SELECT
    cut.cut,
    gap.period_type,
    gap.period,
    min(gap.known_month_count) AS known_month_count
FROM metric.cut AS cut
JOIN metric.column_gap AS gap
    ON ' ' || cut.cut || ' ' LIKE '% ' || gap.column_name || ' %'
GROUP BY cut.cut, gap.period_type, gap.period
