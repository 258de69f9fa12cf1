-- One row: a month of a scope that is loaded in its year and in the year before.
-- Key: year, month, scope.
-- Growth is only told over these, so that a year that breaks off is held against the same months.
WITH loaded AS (
    SELECT DISTINCT period.year, period.month, scope.scope
    FROM metric.period AS period
    JOIN metric.scope AS scope ON scope.year = period.year
)

SELECT
    loaded.year,
    loaded.month,
    loaded.scope
FROM loaded
JOIN loaded AS before
    ON
        before.year = loaded.year - 1
        AND before.month = loaded.month
        AND before.scope = loaded.scope
