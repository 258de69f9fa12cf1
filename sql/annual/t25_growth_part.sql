-- One row: a part of the year's records, its change, and what it adds to the growth of the whole.
-- Key: year, part_kind, rank.
-- 合计 is the whole. Contributions of one kind of part sum to the whole's growth; only the months
-- that both years hold are counted, in both counts. Ranked by contribution; the ranks by volume of
-- both years are beside, for categories those of the two years' lists.
WITH kind AS (
    SELECT *
    FROM (
        VALUES
        (0, '合计', 'record_count', 'total', 'growth_record_count', 'total'),
        (1, '类别', 'record_count', 'category', 'contribution_record_count', 'category'),
        (2, '渠道', 'record_count', 'channel', 'contribution_record_count', 'channel'),
        (3, '记录类型', 'record_count', 'record_type', 'contribution_record_count', 'record_type'),
        (4, '区(发生地)', 'place_count', 'record_type district', 'contribution_place_count', 'district')
    ) AS listed (kind_order, part_kind, metric, cut, change_metric, change_cut)
),

part AS (
    SELECT
        loaded.year,
        scope,
        period,
        kind.kind_order,
        kind.part_kind,
        CASE kind.change_cut
            WHEN 'total' THEN '合计'
            WHEN 'category' THEN compared.category
            WHEN 'channel' THEN compared.channel
            WHEN 'record_type' THEN compared.record_type
            ELSE compared.district
        END AS part,
        CAST(sum(compared.this_count) AS BIGINT) AS this_count,
        CAST(sum(compared.before_count) AS BIGINT) AS before_count,
        compared.is_partial
    FROM metric.compared AS compared
    JOIN kind USING (metric, cut)
    JOIN metric.section_year AS loaded USING (period_type, period, scope)
    GROUP BY ALL
),

contribution AS (
    SELECT
        figure.scope,
        figure.period,
        kind.kind_order,
        CASE kind.change_cut
            WHEN 'total' THEN '合计'
            WHEN 'category' THEN figure.category
            WHEN 'channel' THEN figure.channel
            WHEN 'record_type' THEN figure.record_type
            ELSE figure.district
        END AS part,
        figure.value
    FROM metric.figure AS figure
    JOIN kind ON kind.change_metric = figure.metric AND kind.change_cut = figure.cut
    WHERE figure.period_type = 'year'
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
        ORDER BY part = '?', contribution.value DESC, part
    ) AS rank,
    part,
    known.this_count AS record_count,
    known.before_count,
    known.this_count - known.before_count AS change_count,
    contribution.value AS growth_contribution,
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
JOIN contribution USING (scope, period, kind_order, part)
WHERE known.is_known
ORDER BY known.year, kind_order, rank
