-- One row: a part of a month (before, and from, the day on which assessment months begin) in a
-- period that it belongs to.
-- Key: period_type, period, part_year, part_month, month_part.
-- An assessment month runs from that day (ref.assessment_month) of the month before to the day before
-- it in its own, whose name it carries. It is complete, by the rule for months
-- (metric.entity_period), when its records begin within three days of its first day, run over the end
-- of the month, and reach to within three days of its last day. year and month are those in the period's name (a quarter's or year's month is the
-- part's own).
WITH loaded AS (
    SELECT
        year,
        month,
        year * 12 + month AS month_number,
        min(first_received_at) AS first_received_at,
        max(last_received_at) AS last_received_at
    FROM core.partition
    WHERE row_count > 0 AND entity = 'record'
    GROUP BY year, month
),

part AS (
    SELECT *
    FROM (
        VALUES (1), (2)
    ) AS listed (month_part)
),

-- What an assessment month has of its two calendar months: their parts, and whether all is there.
half AS (
    SELECT
        year AS part_year,
        month AS part_month,
        1 AS month_part,
        month_number,
        extract(DAY FROM first_received_at) <= 3
        AND extract(DAY FROM last_received_at) >= assessment.first_day_of_month - 3
            AS is_whole
    FROM loaded
    CROSS JOIN ref.assessment_month AS assessment
    WHERE extract(DAY FROM first_received_at) < assessment.first_day_of_month
    UNION ALL
    SELECT
        year AS part_year,
        month AS part_month,
        2 AS month_part,
        month_number + 1 AS month_number,
        extract(DAY FROM first_received_at) <= assessment.first_day_of_month + 2
        AND last_received_at
        >= date_trunc('month', last_received_at) + INTERVAL '1' MONTH - INTERVAL '3' DAY
            AS is_whole
    FROM loaded
    CROSS JOIN ref.assessment_month AS assessment
    WHERE extract(DAY FROM last_received_at) >= assessment.first_day_of_month
),

named AS (
    SELECT
        half.*,
        CAST((month_number - 1 - (month_number - 1) % 12) / 12 AS INTEGER) AS year,
        CAST((month_number - 1) % 12 + 1 AS INTEGER) AS month,
        count(*) OVER (PARTITION BY month_number) < 2
        OR NOT bool_and(is_whole) OVER (PARTITION BY month_number) AS is_partial
    FROM half
)

SELECT
    period.period_type,
    period.period,
    period.year,
    period.month,
    period.year AS part_year,
    period.month AS part_month,
    part.month_part,
    period.is_partial,
    period.is_year_partial
FROM metric.period AS period
CROSS JOIN part
UNION ALL
SELECT
    'assessment' AS period_type,
    CAST(year AS VARCHAR) || '-' || lpad(CAST(month AS VARCHAR), 2, '0') AS period,
    year,
    month,
    part_year,
    part_month,
    month_part,
    is_partial,
    FALSE AS is_year_partial
FROM named
