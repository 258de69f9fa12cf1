-- One row: praise that came in a form that the year's report counts (calls, letters, banners, say).
-- Key: the key of metric.figure_value.
-- Narrower than the records of type 表扬; ref.praise_form says which forms count.
SELECT
    'praise_count' AS metric,
    '-' AS convention,
    tally.scope,
    tally.period_type,
    tally.period,
    praise.cut_key,
    CAST(sum(tally.record_count) AS BIGINT) AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    tally.is_partial OR gap.cut IS NOT NULL AS is_partial
FROM metric.tally AS tally
JOIN metric.cut_member AS member ON member.cut_key = tally.cut_key
JOIN ref.praise_form AS form ON form.praise_form = member.praise_form AND form.is_counted
JOIN metric.cut_member AS praise
    ON praise.cut = 'record_type' AND praise.record_type = member.record_type
LEFT JOIN metric.cut_gap AS gap
    ON
        gap.cut = member.cut
        AND gap.period_type = tally.period_type
        AND gap.period = tally.period
        AND gap.known_month_count > 0
WHERE
    tally.metric = 'record_count'
    AND member.cut = 'record_type praise_form'
    AND member.record_type = '表扬'
GROUP BY tally.scope, tally.period_type, tally.period, praise.cut_key, 9
