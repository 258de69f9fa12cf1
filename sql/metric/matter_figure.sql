-- One row: a figure of matters (a kind of trouble in a street in a week) that both the grid and
-- citizens reported. Key: the key of metric.figure. Only years with both are counted.
WITH counted AS (
    SELECT
        year, category, district,
        count(*) AS matter_count,
        count(*) FILTER (WHERE is_grid_first) AS first_count
    FROM core.matter
    WHERE event_count > 0 AND record_count > 0
    GROUP BY year, category, district
),

cut AS (
    SELECT
        year,
        coalesce(category, '*') AS category,
        coalesce(district, '*') AS district,
        CAST(sum(matter_count) AS BIGINT) AS matter_count,
        CAST(sum(first_count) AS BIGINT) AS first_count
    FROM counted
    GROUP BY year, GROUPING SETS ((), (category), (district))
),

measured AS (
    SELECT
        'matter_count' AS metric, year, category, district,
        matter_count AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM cut
    UNION ALL
    SELECT
        'matter_grid_first_count' AS metric, year, category, district,
        first_count AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM cut
    UNION ALL
    SELECT
        'matter_grid_first_share' AS metric, year, category, district,
        first_count AS numerator, matter_count AS denominator
    FROM cut
)

SELECT
    metric,
    '-' AS convention,
    'all' AS scope,
    'year' AS period_type,
    CAST(year AS STRING) AS period,
    category, district,
    numerator,
    denominator,
    FALSE AS is_partial,
    CASE
        WHEN category <> '*' THEN 'category'
        WHEN district <> '*' THEN 'district'
        ELSE 'total'
    END AS cut
FROM measured
