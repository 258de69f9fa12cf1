-- title: 每个数字的键不得重复或为空,分母应为正,占比应在 0 到 1 之间
-- One row: a figure that breaks the rules of metric.figure, with the rule that it breaks.
-- Key: rule, the key of metric.figure_value.
-- Two members of the same dimensions would be one row for a reader.
WITH member AS (
    SELECT
        cut_key,
        min(cut_key) OVER (
            PARTITION BY
                record_type, category, subcategory, handling, unit_type, unit, region, district,
                street, channel, desk, platform, praise_form, epidemic, tag, topic
        ) AS first_key
    FROM metric.cut_member
),

keyed AS (
    SELECT
        metric, convention, scope, period_type, period, first_key AS cut_key,
        count(*) AS row_count,
        min(denominator) AS least_denominator,
        count(value) AS value_count,
        min(value) AS least_value,
        max(value) AS most_value
    FROM metric.figure_value
    LEFT JOIN member USING (cut_key)
    GROUP BY metric, convention, scope, period_type, period, first_key
),

judged AS (
    SELECT
        CASE
            WHEN metric || convention || scope || period_type || period IS NULL OR cut_key IS NULL
                THEN 'null in key'
            WHEN row_count > 1 THEN 'repeated key'
            WHEN value_count < row_count OR least_denominator <= 0 THEN 'no denominator'
            WHEN metric LIKE '%_share' AND (least_value < 0 OR most_value > 1)
                THEN 'share beyond 0..1'
        END AS rule,
        keyed.*
    FROM keyed
)

SELECT
    judged.*,
    cut, record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag
FROM judged
LEFT JOIN metric.cut_member ON cut_member.cut_key = judged.cut_key
WHERE rule IS NOT NULL
