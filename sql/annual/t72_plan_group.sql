-- One row: a group of the plan's indicators at the last date of a year, and all (合计).
-- Key: year, indicator_group.
WITH counted AS (
    SELECT
        CAST(substring(figure.period, 1, 4) AS BIGINT) AS year,
        figure.period,
        CASE WHEN figure.category = '*' THEN '合计' ELSE figure.category END AS indicator_group,
        max(CASE WHEN metric = 'plan_indicator_count' THEN numerator END) AS indicator_count,
        max(CASE WHEN metric = 'plan_assessed_count' THEN numerator END) AS assessed_count,
        max(CASE WHEN metric = 'plan_done_count' THEN numerator END) AS done_count,
        max(CASE WHEN metric = 'plan_done_share' THEN value END) AS done_share,
        max(CASE WHEN metric = 'plan_on_track_count' THEN numerator END) AS on_track_count,
        max(CASE WHEN metric = 'plan_on_track_share' THEN value END) AS on_track_share,
        max(CASE WHEN metric = 'plan_behind_count' THEN numerator END) AS behind_count
    FROM metric.figure AS figure
    WHERE metric LIKE 'plan_%' AND cut IN ('total', 'category')
    GROUP BY figure.period, figure.category
)

SELECT
    counted.year,
    counted.period,
    counted.indicator_group,
    counted.indicator_count,
    counted.assessed_count,
    counted.done_count,
    counted.done_share,
    counted.on_track_count,
    counted.on_track_share,
    counted.behind_count
FROM counted
JOIN (SELECT DISTINCT year, period FROM metric.plan_status) AS chosen
    ON chosen.year = counted.year AND chosen.period = counted.period
LEFT JOIN (
    SELECT indicator_group, min(number) AS first_number
    FROM metric.plan_status
    GROUP BY indicator_group
) AS placed ON placed.indicator_group = counted.indicator_group
ORDER BY counted.year, coalesce(placed.first_number, 0)
