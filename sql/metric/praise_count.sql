-- One row: praise that came in a form that the year's report counts (calls, letters, banners, say).
-- Key: the key of metric.figure.
-- Narrower than the records of type 表扬; ref.praise_form says which forms count.
SELECT
    'praise_count' AS metric,
    '1' AS method_version,
    '-' AS convention,
    tally.scope,
    'received' AS date_basis,
    tally.period_type,
    tally.period,
    tally.record_type AS record_type,
    '*' AS category, '*' AS subcategory, '*' AS handling, '*' AS unit_type, '*' AS unit,
    '*' AS region, '*' AS district, '*' AS street, '*' AS channel, '*' AS desk, '*' AS platform,
    '*' AS praise_form, '*' AS epidemic, '*' AS tag,
    CAST(sum(tally.record_count) AS BIGINT) AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    tally.is_partial OR gap.cut IS NOT NULL AS is_partial,
    'record_type' AS cut
FROM metric.tally AS tally
JOIN ref.praise_form AS form ON form.praise_form = tally.praise_form AND form.is_counted
LEFT JOIN metric.cut_gap AS gap
    ON
        gap.cut = tally.cut
        AND gap.period_type = tally.period_type
        AND gap.period = tally.period
        AND gap.known_month_count > 0
WHERE
    tally.metric = 'record_count'
    AND tally.cut = 'record_type praise_form'
    AND tally.record_type = '表扬'
GROUP BY
    tally.scope, tally.period_type, tally.period, tally.is_partial OR gap.cut IS NOT NULL,
    tally.record_type
