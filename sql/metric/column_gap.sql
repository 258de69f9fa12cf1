-- One row: a column that some or all months of a period lack.
-- Key: column_name, period_type, period.
-- What it would say is unknown, never 0 and no member of its own. Where some months have the column
-- (known_month_count above 0), counts by it are of those months, and partial.
WITH span AS (
    SELECT DISTINCT period_type, period, part_year, part_month
    FROM metric.period_part
)

SELECT
    known.column_name,
    known.label,
    span.period_type,
    span.period,
    count(*) AS month_count,
    count(*) FILTER (WHERE known.is_known) AS known_month_count
FROM span
JOIN metric.known_column AS known
    ON known.year = span.part_year AND known.month = span.part_month
GROUP BY known.column_name, known.label, span.period_type, span.period
HAVING NOT bool_and(known.is_known)
