-- One row: a record type in a loaded month. Key: year, record_type, month.
-- A month without records of the type is 0: every type has every loaded month.
-- is_month_partial: records of some of the month's days are missing.
WITH counted AS (
    SELECT *
    FROM metric.section_count
    WHERE counted = 'record_count' AND period_type = 'month' AND cut = 'record_type'
),

member AS (
    SELECT year, record_type, max(counted.year_count) AS year_count
    FROM counted
    GROUP BY year, record_type
    HAVING max(counted.year_count) > 0
)

SELECT
    member.year,
    member.record_type,
    month.month,
    coalesce(counted.record_count, 0) AS record_count,
    counted.growth_rate,
    coalesce(counted.record_count, 0) AS share_numerator,
    member.year_count AS share_denominator,
    coalesce(counted.month_share, 0) AS month_share,
    month.is_partial AS is_month_partial,
    loaded.is_partial
FROM member
JOIN metric.period AS month ON month.year = member.year AND month.period_type = 'month'
JOIN metric.loaded_year AS loaded ON loaded.year = member.year
LEFT JOIN counted
    ON counted.period = month.period AND counted.record_type = member.record_type
LEFT JOIN ref.member AS known
    ON known.dimension = 'record_type' AND known.member = member.record_type
ORDER BY
    member.year,
    member.record_type = '?',
    known.sort_order NULLS LAST,
    member.record_type,
    month.month
