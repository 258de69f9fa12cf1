-- One row: one of a category's five leading subcategories in a loaded month.
-- Key: year, category, subcategory, month.
-- A month without such records stands as 0. month_share is of the subcategory's own year.
WITH counted AS (
    SELECT
        figure.period,
        CAST(substr(figure.period, 1, 4) AS INTEGER) AS year,
        figure.category,
        figure.subcategory,
        max(figure.numerator) FILTER (WHERE figure.metric = 'record_count') AS record_count,
        max(figure.denominator) FILTER (WHERE figure.metric = 'month_share') AS year_count,
        max(figure.value) FILTER (WHERE figure.metric = 'month_share') AS month_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'month'
        AND figure.cut = 'category subcategory'
        AND figure.subcategory <> '?'
        AND figure.metric IN ('record_count', 'month_share')
    GROUP BY figure.period, figure.category, figure.subcategory
),

member AS (
    SELECT
        year,
        category,
        subcategory,
        row_number() OVER (
            PARTITION BY year, category
            ORDER BY max(year_count) DESC, subcategory
        ) AS rank
    FROM counted
    WHERE year_count > 0
    GROUP BY year, category, subcategory
),

-- Categories stand in their order of t15: by all their records of the year, `?` last.
volume AS (
    SELECT
        CAST(figure.period AS INTEGER) AS year,
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
    member.rank,
    member.subcategory,
    month.month,
    coalesce(counted.record_count, 0) AS record_count,
    coalesce(counted.month_share, 0) AS month_share,
    loaded.is_partial
FROM member
JOIN metric.period AS month ON month.year = member.year AND month.period_type = 'month'
JOIN metric.loaded_year AS loaded ON loaded.year = member.year
LEFT JOIN counted
    ON
        counted.period = month.period
        AND counted.category = member.category
        AND counted.subcategory = member.subcategory
LEFT JOIN volume ON volume.year = member.year AND volume.category = member.category
WHERE member.rank <= 5
ORDER BY
    member.year,
    CASE WHEN member.category = '?' THEN 1 ELSE 0 END,
    coalesce(volume.record_count, 0) DESC,
    member.category,
    member.rank,
    month.month
