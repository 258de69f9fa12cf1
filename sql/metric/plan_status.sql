-- One row: an indicator of a plan at the last date of a year for which values came.
-- Key: year, indicator. What tables and pictures of the plan print; path_value is where the straight
-- line from the base value to the target stands at the value's own date.
WITH last AS (
    SELECT year, max(month) AS month
    FROM core.plan_status
    GROUP BY year
),

-- 2018 and 2018-12 end on the same day: the month's own judgement is taken.
chosen AS (
    SELECT status.year, max(status.period) AS period
    FROM core.plan_status AS status
    JOIN last ON last.year = status.year AND last.month = status.month
    GROUP BY status.year
)

SELECT
    status.year,
    status.period,
    status.indicator_group,
    CAST(status.number AS INTEGER) AS number,
    status.indicator,
    status.unit,
    status.relation,
    status.target_value,
    status.binding,
    status.kind,
    status.base_value,
    status.value,
    CAST(
        status.base_value
        + CAST(status.target_value - status.base_value AS DOUBLE) * status.elapsed_count
        / status.whole_count AS DECIMAL(18, 4)
    ) AS path_value,
    status.status,
    status.source,
    status.note
FROM core.plan_status AS status
JOIN chosen ON chosen.year = status.year AND chosen.period = status.period
