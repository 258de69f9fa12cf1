-- One row: units of a kind that handled at least one record of a scope and period.
-- Key: the key of metric.figure_value.
-- Districts and streets are counted by the register's names, so that one unit written in two ways
-- counts once; a unit that no register has is not counted.
SELECT
    'unit_count' AS metric,
    '-' AS convention,
    scope,
    period_type,
    period,
    kind.cut_key,
    count(*) AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    is_partial
FROM metric.tally AS tally
JOIN metric.cut_member AS unit ON unit.cut_key = tally.cut_key
JOIN metric.cut_member AS kind ON kind.cut = 'unit_type' AND kind.unit_type = unit.unit_type
WHERE
    tally.metric = 'record_count'
    AND tally.record_count > 0
    AND (
        unit.cut = 'unit_type district street' AND unit.district <> '?' AND unit.street <> '?'
        OR unit.cut = 'unit_type district' AND unit.unit_type = '区' AND unit.district <> '?'
        OR unit.cut = 'unit_type unit'
        AND unit.unit_type NOT IN ('区', '街乡镇', '?')
        AND unit.unit <> '?'
    )
GROUP BY scope, period_type, period, kind.cut_key, is_partial
