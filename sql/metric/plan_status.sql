-- One row: an indicator of a plan at the last date of a year for which values came.
-- Key: year, indicator. What tables and pictures of the plan print; path_value is where the straight
-- line from the base value to the target is at the value's own date. way_share is how much of
-- that way the value has gone, path_share how much the line asks for: the same way round for what
-- should rise and for what should fall. Below 0 it went back, above 1 beyond the target; without a
-- base value there is no way to measure.
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
    CAST(
        CAST(status.value - status.base_value AS DOUBLE)
        / nullif(status.target_value - status.base_value, 0) AS DECIMAL(18, 8)
    ) AS way_share,
    CASE
        WHEN status.base_value IS NOT NULL
            THEN
                CAST(
                    CAST(status.elapsed_count AS DOUBLE) / status.whole_count AS DECIMAL(18, 8)
                )
    END AS path_share,
    status.status,
    status.source,
    status.note
FROM core.plan_status AS status
JOIN chosen ON chosen.year = status.year AND chosen.period = status.period
