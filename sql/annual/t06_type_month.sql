-- One row: a record type in a loaded month. Key: year, record_type, month.
-- A month without records of the type stands as 0: every type has every loaded month.
-- is_month_partial: records of some of the month's days are missing.
WITH counted AS (
    SELECT
        figure.scope,
        figure.period,
        CAST(substr(figure.period, 1, 4) AS INTEGER) AS year,
        figure.record_type,
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
        AND figure.cut = 'record_type'
        AND figure.metric IN ('record_count', 'month_share', 'growth_record_count')
    GROUP BY figure.scope, figure.period, figure.record_type
),

member AS (
    SELECT
        year,
        record_type,
        max(share_denominator) AS share_denominator
    FROM counted
    GROUP BY year, record_type
    HAVING max(share_denominator) > 0
)

SELECT
    member.year,
    member.record_type,
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
        AND counted.record_type = member.record_type
LEFT JOIN ref.member AS known
    ON known.dimension = 'record_type' AND known.member = member.record_type
ORDER BY
    member.year,
    CASE WHEN member.record_type = '?' THEN 1 ELSE 0 END,
    known.sort_order NULLS LAST,
    member.record_type,
    month.month
