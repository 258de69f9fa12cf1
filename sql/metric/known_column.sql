-- One row: a column of records that a dump may lack, in a month, and whether the month has it.
-- Key: column_name, year, month. label is the column's name in text, sort_order its place in a list.
-- A month without a single filled cell lacks the column, unless chance explains it: tags and forms
-- of praise are rare. In a run of such months, by the year's other months, at least as many filled
-- cells must be expected as records of missing days are (ref.report_rule, gap_inside_count;
-- metric.held_day). A year that never fills a column lacks it in all its months.
-- What metric.cell and metric.day_count hold is not counted from the records again.
WITH listed AS (
    SELECT *
    FROM (
        VALUES
        (1, 'call_back', '回访结果', ''),
        (2, 'scope_tier', '口径层级', 'total'),
        (3, 'record_type', '记录类型', 'record_type'),
        (4, 'handling', '处理方式', 'handling'),
        (5, 'channel', '渠道', 'channel'),
        (6, 'platform', '平台', 'channel platform'),
        (7, 'desk', '席位', 'desk'),
        (8, 'subcategory', '二级分类', 'category subcategory'),
        (9, 'topic', '三级分类', ''),
        (10, 'epidemic', '涉疫标志', 'epidemic'),
        (11, 'tag', '标签', 'tag'),
        (12, 'praise_form', '表扬形式', 'record_type praise_form'),
        (13, 'caller', '来电号码', '')
    ) AS rule (sort_order, column_name, label, cut)
),

celled AS (
    SELECT
        listed.column_name, cell.year, cell.month,
        -- Only praise has a form of praise.
        CASE
            WHEN listed.column_name = 'praise_form' AND cell.record_type <> '表扬' THEN 0
            ELSE cell.record_count
        END AS record_count,
        CASE listed.column_name
            WHEN 'scope_tier' THEN CASE WHEN cell.scope_tier > 0 THEN 'known' ELSE '?' END
            WHEN 'record_type' THEN cell.record_type
            WHEN 'handling' THEN cell.handling
            WHEN 'channel' THEN cell.channel
            WHEN 'platform' THEN cell.platform
            WHEN 'desk' THEN cell.desk
            WHEN 'subcategory' THEN cell.subcategory
            WHEN 'epidemic' THEN cell.epidemic
            WHEN 'tag' THEN cell.tag
            WHEN 'praise_form' THEN cell.praise_form
        END AS member
    FROM metric.cell AS cell
    JOIN listed ON listed.cut = cell.cut
    WHERE cell.metric = 'record_count'
    UNION ALL
    SELECT 'topic' AS column_name, year, month, record_count, topic AS member
    FROM metric.day_count
    WHERE topic <> '*'
),

counted AS (
    SELECT
        column_name, year, month,
        sum(record_count) AS record_count,
        sum(CASE WHEN member <> '?' THEN record_count ELSE 0 END) AS held_count
    FROM celled
    GROUP BY column_name, year, month
    UNION ALL
    SELECT 'caller' AS column_name, year, month, record_count, caller_count AS held_count
    FROM metric.column_held
    UNION ALL
    SELECT
        'call_back' AS column_name, year, month, record_count, called_back_count AS held_count
    FROM metric.column_held
),

-- How full the column is in the months of the year that fill it at all.
yearly AS (
    SELECT
        *,
        CAST(sum(held_count) OVER (PARTITION BY column_name, year) AS DOUBLE)
        / nullif(
            sum(CASE WHEN held_count > 0 THEN record_count ELSE 0 END)
                OVER (PARTITION BY column_name, year),
            0
        ) AS held_share,
        sum(CASE WHEN held_count > 0 THEN 1 ELSE 0 END)
            OVER (PARTITION BY column_name, year ORDER BY month) AS run
    FROM counted
),

expected AS (
    SELECT
        *,
        held_share * sum(CASE WHEN held_count > 0 THEN 0 ELSE record_count END)
            OVER (PARTITION BY column_name, year, run) AS expected_count
    FROM yearly
),

rule AS (
    SELECT coalesce(max(CASE WHEN rule = 'gap_inside_count' THEN CAST(value AS DOUBLE) END), 7)
        AS least_expected
    FROM ref.report_rule
)

SELECT
    expected.column_name,
    listed.label,
    listed.sort_order,
    expected.year,
    expected.month,
    expected.held_count > 0 OR coalesce(expected.expected_count < rule.least_expected, FALSE)
        AS is_known
FROM expected
JOIN listed ON listed.column_name = expected.column_name
CROSS JOIN rule
