-- One row: a category (subcategory 合计) or subcategory in a loaded month.
-- Key: year, category, subcategory, month.
-- A month without records of the category stands as 0: every category has every loaded month.
-- is_month_partial: records of some of the month's days are missing.
WITH counted AS (
    SELECT
        figure.scope,
        figure.period,
        CAST(substr(figure.period, 1, 4) AS INTEGER) AS year,
        figure.category,
        CASE WHEN figure.subcategory = '*' THEN '合计' ELSE figure.subcategory END AS subcategory,
        coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'record_count'), 0)
            AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_record_count') AS growth_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'month_share') AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'month_share') AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'month_share') AS month_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'month'
        AND figure.cut IN ('category', 'category subcategory')
        AND figure.metric IN ('record_count', 'month_share', 'growth_record_count')
    GROUP BY figure.scope, figure.period, figure.category, figure.subcategory
),

member AS (
    SELECT
        year,
        category, subcategory,
        max(share_denominator) AS share_denominator
    FROM counted
    GROUP BY year, category, subcategory
    HAVING max(share_denominator) > 0
),

-- Categories stand in their order of t15: by all their records of the year, `?` last.
volume AS (
    SELECT
        figure.period,
        figure.category,
        max(figure.numerator) AS record_count
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category'
        AND figure.metric = 'record_count'
    GROUP BY figure.period, figure.category
)

SELECT
    member.year,
    member.category,
    member.subcategory,
    month.month,
    coalesce(counted.record_count, 0) AS record_count,
    counted.growth_rate,
    coalesce(counted.share_numerator, 0) AS share_numerator,
    member.share_denominator,
    coalesce(counted.month_share, 0) AS month_share,
    month.is_partial AS is_month_partial,
    loaded.is_partial
FROM member
JOIN metric.period AS month ON month.year = member.year AND month.period_type = 'month'
JOIN metric.loaded_year AS loaded ON loaded.year = member.year
LEFT JOIN counted
    ON
        counted.period = month.period
        AND counted.category = member.category
        AND counted.subcategory = member.subcategory
LEFT JOIN volume
    ON volume.period = CAST(member.year AS VARCHAR) AND volume.category = member.category
LEFT JOIN ref.subcategory AS known
    ON known.category = member.category AND known.subcategory = member.subcategory
ORDER BY
    member.year,
    CASE WHEN member.category = '?' THEN 1 ELSE 0 END,
    coalesce(volume.record_count, 0) DESC,
    member.category,
    CASE member.subcategory WHEN '合计' THEN 0 WHEN '?' THEN 2 ELSE 1 END,
    known.sort_order NULLS LAST,
    member.subcategory,
    month.month
