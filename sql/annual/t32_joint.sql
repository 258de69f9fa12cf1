-- One row: a category that districts and streets handle, who takes it and how well.
-- Key: year, rank.
-- The parts are of what districts and streets handle together, those without a known district
-- included. Who takes the larger part follows the rules joint_low and joint_high.
WITH part AS (
    SELECT
        loaded.year,
        loaded.is_partial,
        figure.category,
        figure.unit_type = '区' AS is_district,
        figure.unit_type = '街乡镇' AS is_street,
        max(figure.numerator) FILTER (WHERE figure.metric = 'joint_share') AS unit_count,
        max(figure.denominator) FILTER (WHERE figure.metric = 'joint_share') AS joint_count,
        max(figure.value) FILTER (WHERE figure.metric = 'joint_share') AS joint_share,
        max(figure.value) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_rate,
        max(figure.value) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_rate
    FROM metric.figure AS figure
    JOIN metric.section_year AS loaded USING (period_type, period, scope)
    WHERE
        figure.cut = 'category unit_type'
        AND figure.metric IN ('joint_share', 'resolution_rate', 'satisfaction_rate')
    GROUP BY loaded.year, loaded.is_partial, figure.category, 4, 5
),

counted AS (
    SELECT
        year,
        category,
        max(joint_count) AS joint_count,
        coalesce(max(unit_count) FILTER (WHERE is_district), 0) AS district_unit_count,
        coalesce(max(joint_share) FILTER (WHERE is_district), 0) AS district_joint_share,
        coalesce(max(unit_count) FILTER (WHERE is_street), 0) AS street_unit_count,
        coalesce(max(joint_share) FILTER (WHERE is_street), 0) AS street_joint_share,
        max(resolution_rate) FILTER (WHERE is_district) AS district_resolution_rate,
        max(resolution_rate) FILTER (WHERE is_street) AS street_resolution_rate,
        max(satisfaction_rate) FILTER (WHERE is_district) AS district_satisfaction_rate,
        max(satisfaction_rate) FILTER (WHERE is_street) AS street_satisfaction_rate,
        is_partial
    FROM part
    GROUP BY year, category, is_partial
),

bound AS (
    SELECT
        max(CAST(value AS DECIMAL(18, 8))) FILTER (WHERE rule = 'joint_low') AS joint_low,
        max(CAST(value AS DECIMAL(18, 8))) FILTER (WHERE rule = 'joint_high') AS joint_high
    FROM ref.report_rule
)

SELECT
    counted.year,
    row_number() OVER (
        PARTITION BY counted.year
        ORDER BY counted.category = '?', counted.joint_count DESC, counted.category
    ) AS rank,
    counted.category,
    counted.joint_count,
    counted.district_unit_count,
    counted.district_joint_share,
    counted.street_unit_count,
    counted.street_joint_share,
    CASE
        WHEN counted.district_joint_share >= bound.joint_high THEN '以区为主'
        WHEN counted.district_joint_share < bound.joint_low THEN '以街乡镇为主'
        ELSE '共同承办'
    END AS main_handler,
    counted.district_resolution_rate,
    counted.street_resolution_rate,
    counted.district_satisfaction_rate,
    counted.street_satisfaction_rate,
    counted.is_partial
FROM counted
CROSS JOIN bound
WHERE counted.joint_count > 0
ORDER BY counted.year, rank
