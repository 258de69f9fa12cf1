-- One row: records of a scope and period that repeat something in one way. Key: the key of
-- metric.figure.
-- A period whose records lack the columns has no row; one that has them in some months alone is partial.
SELECT
    tally.metric AS metric,
    '1' AS method_version,
    '-' AS convention,
    tally.scope,
    'received' AS date_basis,
    tally.period_type,
    tally.period,
    record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag,
    record_count AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    tally.is_partial OR NOT known.is_known_throughout AS is_partial,
    cut
FROM metric.tally AS tally
JOIN metric.known_period AS known
    ON
        known.metric = tally.metric
        AND known.period_type = tally.period_type
        AND known.period = tally.period
        AND known.is_known
WHERE
    tally.metric IN (
        'redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count',
        'copied_text_count'
    )
