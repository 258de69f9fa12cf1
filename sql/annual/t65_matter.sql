-- One row: a category of matters (trouble in a street in a week) that the grid and citizens both reported
-- of, and all of them (合计). Key: year, category.
WITH counted AS (
    SELECT
        CAST(period AS BIGINT) AS year,
        CASE WHEN category = '*' THEN '合计' ELSE category END AS category,
        max(CASE WHEN metric = 'matter_count' THEN numerator END) AS matter_count,
        max(CASE WHEN metric = 'matter_grid_first_count' THEN numerator END)
            AS first_by_grid_count,
        max(CASE WHEN metric = 'matter_grid_first_share' THEN value END) AS first_by_grid_share
    FROM metric.figure
    WHERE metric LIKE 'matter_%' AND cut IN ('total', 'category')
    GROUP BY period, category
)

SELECT year, category, matter_count, first_by_grid_count, first_by_grid_share
FROM counted
ORDER BY year, CASE WHEN category = '合计' THEN 0 ELSE 1 END, matter_count DESC, category
