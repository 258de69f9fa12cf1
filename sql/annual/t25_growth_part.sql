-- One row: a part of the year's records, its change, and what it adds to the growth of the whole.
-- Key: year, part_kind, rank.
-- 合计 is the whole. Contributions of one kind of part sum to the whole's growth; only the months
-- that both years hold are counted, in both counts. Ranked by contribution; the ranks by volume of
-- both years are beside, for categories those of the two years' lists.
WITH kind AS (
    SELECT *
    FROM (
        VALUES
        (0, '合计', 'record_count', 'total', 'growth_record_count'),
        (1, '类别', 'record_count', 'category', 'contribution_record_count'),
        (2, '渠道', 'record_count', 'channel', 'contribution_record_count'),
        (3, '记录类型', 'record_count', 'record_type', 'contribution_record_count'),
        (4, '区(发生地)', 'place_count', 'district', 'contribution_place_count')
    ) AS listed (kind_order, part_kind, metric, cut, change_metric)
),

part AS (
    SELECT
        loaded.year,
        kind.kind_order,
        kind.part_kind,
        CASE cut
            WHEN 'total' THEN '合计'
            WHEN 'category' THEN member.category
            WHEN 'channel' THEN member.channel
            WHEN 'record_type' THEN member.record_type
            ELSE member.district
        END AS part,
        compared.this_count,
        compared.before_count,
        contribution.value AS growth_contribution,
        compared.is_partial
    FROM metric.compared AS compared
    JOIN metric.cut_member AS member USING (cut_key)
    JOIN kind USING (metric, cut)
    JOIN metric.section_year AS loaded USING (period_type, period, scope)
    JOIN metric.figure_value AS contribution USING (period_type, period, scope, cut_key)
    WHERE contribution.metric = kind.change_metric
),

-- A dump without the column has one part, the unknown: that splits nothing.
known AS (
    SELECT *, bool_or(part <> '?') OVER (PARTITION BY year, part_kind) AS is_known
    FROM part
)

SELECT
    known.year,
    known.part_kind,
    row_number() OVER (
        PARTITION BY known.year, known.part_kind
        ORDER BY part = '?', growth_contribution DESC, part
    ) AS rank,
    part,
    known.this_count AS record_count,
    known.before_count,
    known.this_count - known.before_count AS change_count,
    growth_contribution,
    CASE
        WHEN part <> '?' AND known.this_count > 0
            THEN row_number() OVER (
                PARTITION BY known.year, known.part_kind
                ORDER BY part = '?', known.this_count DESC, part
            )
    END AS volume_rank,
    CASE
        WHEN part <> '?' AND known.before_count > 0
            THEN row_number() OVER (
                PARTITION BY known.year, known.part_kind
                ORDER BY part = '?', known.before_count DESC, part
            )
    END AS before_volume_rank,
    known.is_partial
FROM known
WHERE known.is_known
ORDER BY known.year, kind_order, rank
