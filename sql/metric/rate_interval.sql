-- One row: a response or resolution rate with its Wilson interval. Key: the key of metric.figure_value.
-- Only for unweighted rates: there each call-back is a yes or a no. The interval is of a binomial
-- share (Wilson 1927, without correction for continuity): with p = x / n,
--   (p + z2 / 2n -+ z * sqrt(p (1 - p) / n + z2 / 4n2)) / (1 + z2 / n).
-- z is a rule of the reference data. The root is the one double here: bounds are cut to 8 places.
WITH rule AS (
    SELECT CAST(value AS DOUBLE) AS z
    FROM ref.report_rule
    WHERE rule = 'interval_z'
),

part AS (
    SELECT
        rate.*,
        rule.z,
        CAST(rate.numerator AS DOUBLE) / rate.denominator AS p,
        CAST(rate.denominator AS DOUBLE) AS n
    FROM metric.rate AS rate
    CROSS JOIN rule
    WHERE rate.metric IN ('response_rate', 'resolution_rate')
),

bound AS (
    SELECT
        part.*,
        (p + z * z / (2 * n)) / (1 + z * z / n) AS middle,
        z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n) AS half
    FROM part
)

SELECT
    metric,
    convention,
    scope,
    period_type,
    period,
    cut_key,
    numerator,
    denominator,
    CAST(greatest(middle - half, 0) AS DECIMAL(18, 8)) AS low_rate,
    CAST(least(middle + half, 1) AS DECIMAL(18, 8)) AS high_rate,
    is_partial
FROM bound
