-- One row: records of a scope and period in one member of a cut. Key: the key of metric.figure_value.
-- a view on tables
-- Topics are in no figure: bulletins print them from metric.changed.
SELECT
    metric,
    '-' AS convention,
    scope,
    period_type,
    period,
    cut_key,
    record_count AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    is_partial
FROM metric.tally
JOIN metric.cut_member USING (cut_key)
WHERE metric = 'record_count' AND topic = '*'
