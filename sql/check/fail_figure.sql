-- title: 每个数字的键不得重复或为空,分母应为正,占比应在 0 到 1 之间
-- One row: a figure that breaks the rules of metric.figure, with the rule that it breaks.
-- Key: rule and the key of metric.figure.
WITH keyed AS (
    SELECT
        metric, method_version, convention, scope, date_basis, period_type, period,
        record_type, category, subcategory, handling, unit_type, unit, region, district, street,
        channel, desk, platform, praise_form, epidemic, tag,
        count(*) AS row_count,
        min(denominator) AS least_denominator,
        count(value) AS value_count,
        min(value) AS least_value,
        max(value) AS most_value
    FROM metric.figure
    GROUP BY
        metric, method_version, convention, scope, date_basis, period_type, period,
        record_type, category, subcategory, handling, unit_type, unit, region, district, street,
        channel, desk, platform, praise_form, epidemic, tag
),

judged AS (
    SELECT
        CASE
            WHEN row_count > 1 THEN 'repeated key'
            WHEN
                metric || method_version || convention || scope || date_basis || period_type
                || period || record_type || category || subcategory || handling || unit_type
                || unit || region || district || street || channel || desk || platform
                || praise_form || epidemic || tag IS NULL
                THEN 'null in key'
            WHEN value_count < row_count OR least_denominator <= 0 THEN 'no denominator'
            WHEN metric LIKE '%_share' AND (least_value < 0 OR most_value > 1)
                THEN 'share beyond 0..1'
        END AS rule,
        keyed.*
    FROM keyed
)

SELECT *
FROM judged
WHERE rule IS NOT NULL
