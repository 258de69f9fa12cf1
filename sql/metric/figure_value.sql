-- One row: a figure, as numerator over denominator, of a member of a cut. Key: metric, convention,
-- scope, period_type, period, cut_key (metric.cut_member).
-- Readers see it as metric.figure, with the dimensions of the member. Each part has the columns from
-- metric to is_partial, in this order. value is the quotient rounded half away from zero to 8 places,
-- by an exact division, since doubles err at ties and engines divide decimals differently:
-- 1. estimate: the quotient of the absolute values in doubles, to 8 places; at most a unit off.
-- 2. twice_remainder: twice what numerator - estimate * denominator leaves, in units of the last
--    place, exact.
-- 3. value: a unit more where that is the denominator or more (half a unit or more is left), a unit
--    less where it is below minus the denominator; then the sign.
-- A figure of a cut by a column that some months of the period lack is partial (metric.cut_gap).
WITH ratio AS (
    SELECT * FROM metric.record_count
    UNION ALL
    SELECT * FROM metric.district_handled_count
    UNION ALL
    SELECT * FROM metric.place_count
    UNION ALL
    SELECT * FROM metric.share
    UNION ALL
    SELECT * FROM metric.growth
    UNION ALL
    SELECT * FROM metric.growth_previous
    UNION ALL
    SELECT * FROM metric.growth_daily
    UNION ALL
    SELECT * FROM metric.first_months
    UNION ALL
    SELECT * FROM metric.growth_contribution
    UNION ALL
    SELECT * FROM metric.per_10k
    UNION ALL
    SELECT * FROM metric.rate
    UNION ALL
    SELECT * FROM metric.rate_before
    UNION ALL
    SELECT * FROM metric.composite
    UNION ALL
    SELECT * FROM metric.unresolved_count
    UNION ALL
    SELECT * FROM metric.caller_count
    UNION ALL
    SELECT * FROM metric.unit_count
    UNION ALL
    SELECT * FROM metric.crosswalk_count
    UNION ALL
    SELECT * FROM metric.praise_count
    UNION ALL
    SELECT * FROM metric.platform_count
    UNION ALL
    SELECT * FROM metric.repeat_count
    UNION ALL
    SELECT
        metric, convention, scope, period_type, period, cut_key, numerator, denominator, is_partial
    FROM metric.grid_figure
    JOIN metric.cut_member USING (cut, category, district, street, channel)
    UNION ALL
    SELECT
        metric, convention, scope, period_type, period, cut_key, numerator, denominator, is_partial
    FROM metric.plan_figure
    JOIN metric.cut_member USING (cut, category, subcategory)
    UNION ALL
    SELECT
        metric, convention, scope, period_type, period, cut_key, numerator, denominator, is_partial
    FROM metric.matter_figure
    JOIN metric.cut_member USING (cut, category, district)
),

estimated AS (
    SELECT
        *,
        CAST(CAST(abs(numerator) AS DOUBLE) / denominator AS DECIMAL(28, 8)) AS estimate
    FROM ratio
),

with_remainder AS (
    SELECT
        *,
        2 * (
            CAST(abs(numerator) AS DECIMAL(19, 0)) * CAST(100000000 AS DECIMAL(9, 0))
            - CAST(estimate * CAST(100000000 AS DECIMAL(9, 0)) AS DECIMAL(18, 0))
            * CAST(denominator AS DECIMAL(19, 0))
        ) AS twice_remainder
    FROM estimated
),

rounded AS (
    SELECT
        *,
        estimate
        + CASE
            WHEN twice_remainder >= denominator THEN CAST(0.00000001 AS DECIMAL(18, 8))
            WHEN twice_remainder < -denominator THEN CAST(-0.00000001 AS DECIMAL(18, 8))
            ELSE CAST(0 AS DECIMAL(18, 8))
        END AS absolute_value
    FROM with_remainder
)

SELECT
    metric,
    convention,
    scope,
    rounded.period_type,
    rounded.period,
    cut_key,
    numerator,
    denominator,
    CAST(CASE WHEN numerator < 0 THEN -absolute_value ELSE absolute_value END AS DECIMAL(18, 8)) AS value,
    rounded.is_partial OR gap.cut IS NOT NULL AS is_partial
FROM rounded
LEFT JOIN metric.cut_member USING (cut_key)
LEFT JOIN metric.cut_gap AS gap
    ON
        gap.cut = cut_member.cut
        AND gap.period_type = rounded.period_type
        AND gap.period = rounded.period
        AND gap.known_month_count > 0
