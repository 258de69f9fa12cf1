-- One row: a figure of the year's work, from the records or as published elsewhere.
-- Key: year, is_from_record, sort_order, item, part, source.
-- What records can give is counted; what they cannot (staff, lines, rolls) comes from ref.context,
-- with its document.
WITH item AS (
    SELECT *
    FROM (
        VALUES
        (1, 'caller_count', '来电来信号码(去重)', '个'),
        (2, 'platform_count', '有记录的受理平台', '个'),
        (3, 'unit_count', '有承办记录的单位', '个'),
        (4, 'praise_count', '收到表扬(所列形式)', '件'),
        (5, 'record_count', '涉疫记录', '件')
    ) AS listed (sort_order, metric, item, item_unit)
),

entry AS (
    SELECT
        loaded.year,
        TRUE AS is_from_record,
        item.sort_order,
        item.item,
        CASE metric
            WHEN 'platform_count' THEN figure.channel
            WHEN 'unit_count' THEN figure.unit_type
            ELSE ''
        END AS part,
        figure.numerator AS item_count,
        item.item_unit,
        '热线记录' AS source,
        loaded.is_partial OR figure.is_partial AS is_partial
    FROM metric.figure AS figure
    JOIN item USING (metric)
    JOIN metric.section_year AS loaded USING (period_type, period, scope)
    WHERE metric <> 'record_count' OR figure.cut = 'epidemic' AND figure.epidemic = '是'
    UNION ALL
    SELECT
        year,
        FALSE AS is_from_record,
        9 AS sort_order,
        context.item,
        '' AS part,
        CAST(context.value AS BIGINT) AS item_count,
        context.unit AS item_unit,
        '公开文件 ' || context.document AS source,
        loaded.is_partial
    FROM metric.loaded_year AS loaded
    JOIN ref.context AS context USING (year)
)

SELECT entry.*
FROM entry
LEFT JOIN ref.member AS known
    ON known.dimension IN ('unit_type', 'channel') AND known.member = entry.part
ORDER BY
    entry.year, entry.sort_order, entry.source, entry.item, known.sort_order NULLS LAST, entry.part
