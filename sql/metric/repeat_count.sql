-- One row: records of a scope and period that repeat something in one way.
-- Key: the key of metric.figure_value.
-- a view on tables
-- A period whose records lack the columns has no row; one that has them in some months alone is
-- partial.
SELECT
    metric,
    '-' AS convention,
    scope,
    period_type,
    period,
    cut_key,
    record_count AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    is_partial OR NOT known.is_known_throughout AS is_partial
FROM metric.tally
JOIN metric.known_period AS known USING (metric, period_type, period)
WHERE
    known.is_known
    AND metric IN (
        'redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count',
        'copied_text_count'
    )
