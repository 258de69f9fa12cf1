-- One row: records of a scope and period that repeat something in one way. Key: the key of
-- metric.figure.
SELECT
    metric AS metric,
    '1' AS method_version,
    '-' AS convention,
    scope,
    'received' AS date_basis,
    period_type,
    period,
    record_type,
    category,
    subcategory,
    handling,
    unit_type,
    unit,
    region,
    district,
    street,
    channel,
    desk,
    platform,
    praise_form,
    epidemic,
    tag,
    record_count AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    is_partial,
    cut
FROM metric.tally
WHERE
    metric IN (
        'redispatched_count', 'repeat_call_count', 'reopened_count', 'mass_matter_count',
        'copied_text_count'
    )
