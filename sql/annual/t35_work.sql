-- One row: a figure of the year's work, from the records or as told elsewhere.
-- Key: year, is_from_record, sort_order, item, part, told_by.
-- What records can give is counted; what they cannot (staff, lines, rolls) comes from ref.context,
-- with the paper that tells it.
WITH counted AS (
    SELECT
        figure.period,
        CASE
            WHEN figure.metric = 'caller_count' THEN 1
            WHEN figure.metric = 'platform_count' THEN 2
            WHEN figure.metric = 'unit_count' THEN 3
            WHEN figure.metric = 'praise_count' THEN 4
            ELSE 5
        END AS sort_order,
        CASE
            WHEN figure.metric = 'caller_count' THEN '来电来信号码(去重)'
            WHEN figure.metric = 'platform_count' THEN '有记录的受理平台'
            WHEN figure.metric = 'unit_count' THEN '有承办记录的单位'
            WHEN figure.metric = 'praise_count' THEN '收到表扬(所列形式)'
            ELSE '涉疫记录'
        END AS item,
        CASE
            WHEN figure.metric = 'platform_count' THEN figure.channel
            WHEN figure.metric = 'unit_count' THEN figure.unit_type
            ELSE ''
        END AS part,
        figure.numerator AS item_count,
        CASE
            WHEN figure.metric IN ('caller_count', 'platform_count', 'unit_count') THEN '个'
            ELSE '件'
        END AS item_unit
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND (
            figure.metric IN ('caller_count', 'platform_count', 'unit_count', 'praise_count')
            OR figure.metric = 'record_count' AND figure.cut = 'epidemic' AND figure.epidemic = '是'
        )
),

told AS (
    SELECT
        loaded.year,
        TRUE AS is_from_record,
        counted.sort_order,
        counted.item,
        counted.part,
        counted.item_count,
        counted.item_unit,
        '热线记录' AS told_by,
        loaded.is_partial
    FROM counted
    JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = counted.period
    UNION ALL
    SELECT
        loaded.year,
        FALSE AS is_from_record,
        9 AS sort_order,
        context.item,
        '' AS part,
        CAST(context.value AS BIGINT) AS item_count,
        context.unit AS item_unit,
        '公开文件 ' || context.document AS told_by,
        loaded.is_partial
    FROM ref.context AS context
    JOIN metric.loaded_year AS loaded ON loaded.year = context.year
)

SELECT
    told.year,
    told.is_from_record,
    told.sort_order,
    told.item,
    told.part,
    told.item_count,
    told.item_unit,
    told.told_by,
    told.is_partial
FROM told
LEFT JOIN ref.member AS known
    ON known.dimension IN ('unit_type', 'channel') AND known.member = told.part
ORDER BY
    told.year, told.sort_order, told.told_by, told.item, known.sort_order NULLS LAST, told.part
