-- One row: a category that districts and streets handle, who takes it and how well.
-- Key: year, rank.
-- The parts are of what districts and streets handle together, those without a known district
-- included. Who takes the larger part follows the rules joint_low and joint_high.
WITH counted AS (
    SELECT
        figure.period,
        figure.category,
        max(figure.denominator) FILTER (WHERE figure.metric = 'joint_share') AS joint_count,
        coalesce(
            max(figure.numerator) FILTER (
                WHERE figure.metric = 'joint_share' AND figure.unit_type = '区'
            ),
            0
        ) AS district_unit_count,
        coalesce(
            max(figure.value) FILTER (
                WHERE figure.metric = 'joint_share' AND figure.unit_type = '区'
            ),
            0
        ) AS district_joint_share,
        coalesce(
            max(figure.numerator) FILTER (
                WHERE figure.metric = 'joint_share' AND figure.unit_type = '街乡镇'
            ),
            0
        ) AS street_unit_count,
        coalesce(
            max(figure.value) FILTER (
                WHERE figure.metric = 'joint_share' AND figure.unit_type = '街乡镇'
            ),
            0
        ) AS street_joint_share,
        max(figure.value) FILTER (
            WHERE figure.metric = 'resolution_rate' AND figure.unit_type = '区'
        ) AS district_resolution_rate,
        max(figure.value) FILTER (
            WHERE figure.metric = 'resolution_rate' AND figure.unit_type = '街乡镇'
        ) AS street_resolution_rate,
        max(figure.value) FILTER (
            WHERE figure.metric = 'satisfaction_rate' AND figure.unit_type = '区'
        ) AS district_satisfaction_rate,
        max(figure.value) FILTER (
            WHERE figure.metric = 'satisfaction_rate' AND figure.unit_type = '街乡镇'
        ) AS street_satisfaction_rate
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category unit_type'
        AND figure.metric IN ('joint_share', 'resolution_rate', 'satisfaction_rate')
    GROUP BY figure.period, figure.category
),

bound AS (
    SELECT
        max(CAST(value AS DECIMAL(18, 8))) FILTER (WHERE rule = 'joint_low') AS joint_low,
        max(CAST(value AS DECIMAL(18, 8))) FILTER (WHERE rule = 'joint_high') AS joint_high
    FROM ref.report_rule
    WHERE rule IN ('joint_low', 'joint_high')
)

SELECT
    loaded.year,
    row_number() OVER (
        PARTITION BY counted.period
        ORDER BY
            CASE WHEN counted.category = '?' THEN 1 ELSE 0 END,
            counted.joint_count DESC,
            counted.category
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
    loaded.is_partial
FROM counted
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = counted.period
CROSS JOIN bound
WHERE counted.joint_count > 0
ORDER BY loaded.year, rank
