-- One row: units of a kind that handled at least one record of a scope and period.
-- Key: the key of metric.figure.
-- Districts and streets are told by the register's names, so that one unit written in two ways
-- counts once; a unit that no register knows is not counted.
WITH named AS (
    SELECT scope, period_type, period, is_partial, unit_type, district || '/' || street AS unit
    FROM metric.tally
    WHERE
        metric = 'record_count'
        AND cut = 'unit_type district street'
        AND district <> '?'
        AND street <> '?'
        AND record_count > 0
    UNION ALL
    SELECT scope, period_type, period, is_partial, unit_type, district AS unit
    FROM metric.tally
    WHERE
        metric = 'record_count'
        AND cut = 'unit_type district'
        AND unit_type = '区'
        AND district <> '?'
        AND record_count > 0
    UNION ALL
    SELECT scope, period_type, period, is_partial, unit_type, unit
    FROM metric.tally
    WHERE
        metric = 'record_count'
        AND cut = 'unit_type unit'
        AND unit_type NOT IN ('区', '街乡镇', '?')
        AND unit <> '?'
        AND record_count > 0
)

SELECT
    'unit_count' AS metric,
    '1' AS method_version,
    '-' AS convention,
    scope,
    'received' AS date_basis,
    period_type,
    period,
    '*' AS record_type, '*' AS category, '*' AS subcategory, '*' AS handling, unit_type,
    '*' AS unit, '*' AS region, '*' AS district, '*' AS street, '*' AS channel, '*' AS desk,
    '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag,
    count(*) AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    is_partial,
    'unit_type' AS cut
FROM named
GROUP BY scope, period_type, period, is_partial, unit_type
