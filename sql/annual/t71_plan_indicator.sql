-- One row: an indicator of the plan at the last date of a year for which values came.
-- Key: year, number.
SELECT
    year,
    period,
    indicator_group,
    number AS indicator_number,
    indicator,
    binding,
    unit AS indicator_unit,
    CASE relation
        WHEN '=' THEN ''
        WHEN '>=' THEN '≥'
        WHEN '<=' THEN '≤'
        ELSE relation
    END || CASE WHEN kind = 'cumulative' THEN '【' ELSE '' END
    || trim(TRAILING '.' FROM trim(TRAILING '0' FROM CAST(target_value AS STRING)))
    || unit
    || CASE WHEN kind = 'cumulative' THEN '】' ELSE '' END AS target,
    base_value AS base_level,
    path_value AS path_level,
    value AS actual_level,
    way_share,
    path_share,
    CASE status
        WHEN 'done' THEN '已完成'
        WHEN 'on_track' THEN '达到中期要求'
        WHEN 'behind' THEN '落后于进度'
        ELSE '未评估'
    END AS plan_status,
    source AS value_source
FROM metric.plan_status
ORDER BY year, number
