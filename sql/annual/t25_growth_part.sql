-- One row: a part of the year's records, its change, and what it adds to the growth of the whole.
-- Key: year, part_kind, rank.
-- 合计 is the whole. Contributions of one kind of part sum to the whole's growth; only the months
-- that both years hold are counted, in both counts. Ranked by contribution; the ranks by volume of
-- both years stand beside, for categories those of the two years' lists.
WITH part AS (
    SELECT
        compared.period,
        CASE compared.cut
            WHEN 'total' THEN '合计'
            WHEN 'category' THEN '类别'
            WHEN 'channel' THEN '渠道'
            WHEN 'record_type' THEN '记录类型'
        END AS part_kind,
        CASE compared.cut
            WHEN 'total' THEN '合计'
            WHEN 'category' THEN compared.category
            WHEN 'channel' THEN compared.channel
            WHEN 'record_type' THEN compared.record_type
        END AS part,
        compared.scope,
        compared.this_count,
        compared.before_count,
        compared.is_partial
    FROM metric.compared AS compared
    WHERE
        compared.period_type = 'year'
        AND compared.metric = 'record_count'
        AND compared.cut IN ('total', 'category', 'channel', 'record_type')
    UNION ALL
    SELECT
        compared.period,
        '区(发生地)' AS part_kind,
        compared.district AS part,
        compared.scope,
        CAST(sum(compared.this_count) AS BIGINT) AS this_count,
        CAST(sum(compared.before_count) AS BIGINT) AS before_count,
        compared.is_partial
    FROM metric.compared AS compared
    WHERE
        compared.period_type = 'year'
        AND compared.metric = 'place_count'
        AND compared.cut = 'record_type district'
    GROUP BY compared.period, compared.district, compared.scope, compared.is_partial
),

contribution AS (
    SELECT
        scope,
        period,
        CASE cut
            WHEN 'category' THEN '类别'
            WHEN 'channel' THEN '渠道'
            WHEN 'record_type' THEN '记录类型'
            ELSE '区(发生地)'
        END AS part_kind,
        CASE cut
            WHEN 'category' THEN category
            WHEN 'channel' THEN channel
            WHEN 'record_type' THEN record_type
            ELSE district
        END AS part,
        value
    FROM metric.figure
    WHERE
        period_type = 'year'
        AND metric IN ('contribution_record_count', 'contribution_place_count')
    UNION ALL
    SELECT scope, period, '合计' AS part_kind, '合计' AS part, value
    FROM metric.figure
    WHERE period_type = 'year' AND metric = 'growth_record_count' AND cut = 'total'
),

-- A dump without the column has one part, the unknown: that splits nothing.
known AS (
    SELECT scope, period, part_kind
    FROM part
    WHERE part <> '?'
    GROUP BY scope, period, part_kind
)

SELECT
    loaded.year,
    part.part_kind,
    row_number() OVER (
        PARTITION BY part.period, part.part_kind
        ORDER BY
            CASE WHEN part.part = '?' THEN 1 ELSE 0 END,
            contribution.value DESC,
            part.part
    ) AS rank,
    part.part,
    part.this_count AS record_count,
    part.before_count,
    part.this_count - part.before_count AS change_count,
    contribution.value AS growth_contribution,
    CASE WHEN part.part <> '?' AND part.this_count > 0 THEN
        row_number() OVER (
            PARTITION BY part.period, part.part_kind
            ORDER BY
                CASE WHEN part.part = '?' THEN 1 ELSE 0 END,
                part.this_count DESC,
                part.part
        )
    END AS volume_rank,
    CASE WHEN part.part <> '?' AND part.before_count > 0 THEN
        row_number() OVER (
            PARTITION BY part.period, part.part_kind
            ORDER BY
                CASE WHEN part.part = '?' THEN 1 ELSE 0 END,
                part.before_count DESC,
                part.part
        )
    END AS before_volume_rank,
    part.is_partial
FROM part
JOIN ref.scope_use AS used ON used.scope = part.scope AND used.purpose = 'section'
JOIN known
    ON
        known.scope = part.scope
        AND known.period = part.period
        AND known.part_kind = part.part_kind
JOIN contribution
    ON
        contribution.scope = part.scope
        AND contribution.period = part.period
        AND contribution.part_kind = part.part_kind
        AND contribution.part = part.part
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = part.period
ORDER BY
    loaded.year,
    CASE part.part_kind
        WHEN '合计' THEN 0
        WHEN '类别' THEN 1
        WHEN '渠道' THEN 2
        WHEN '记录类型' THEN 3
        ELSE 4
    END,
    rank
