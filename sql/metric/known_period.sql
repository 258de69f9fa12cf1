-- One row: a statistic in a period, with in how many of its months the columns that it needs are there.
-- Key: metric, period_type, period.
-- Without any the statistic is unknown (no figure); with some but not all a count is of those months
-- alone, and partial, and a rate or share, whose base would be that of all, is unknown.
WITH span AS (
    SELECT DISTINCT period_type, period, part_year, part_month
    FROM metric.period_part
)

SELECT
    month.metric,
    month.needs,
    span.period_type,
    span.period,
    count(*) AS month_count,
    count(*) FILTER (WHERE month.is_known) AS known_month_count,
    count(*) FILTER (WHERE month.is_known) > 0 AS is_known,
    bool_and(month.is_known) AS is_known_throughout
FROM span
JOIN metric.known_month AS month
    ON month.year = span.part_year AND month.month = span.part_month AND month.is_asked
GROUP BY month.metric, month.needs, span.period_type, span.period
