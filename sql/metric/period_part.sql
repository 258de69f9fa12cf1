-- One row: a part of a month (before, and from, the day on which assessment months begin) in a
-- period that it belongs to.
-- Key: period_type, period, part_year, part_month, month_part.
-- An assessment month runs from that day (ref.assessment_month) of the month before to the day before
-- it in its own, whose name it carries. It is partial when records of one of its days are missing
-- (metric.held_day). year and month are those in the period's name (a quarter's or year's month is the
-- part's own).
WITH part AS (
    SELECT *
    FROM (
        VALUES (1), (2)
    ) AS listed (month_part)
),

day AS (
    SELECT
        year,
        month,
        CASE
            WHEN extract(DAY FROM received_on) < assessment.first_day_of_month THEN 1 ELSE 2
        END AS month_part,
        is_empty,
        is_missing
    FROM metric.held_day
    CROSS JOIN ref.assessment_month AS assessment
    WHERE entity = 'record'
),

-- What an assessment month has of its two calendar months: their parts, and whether all is there.
half AS (
    SELECT
        year AS part_year,
        month AS part_month,
        month_part,
        12 * year + month + month_part - 1 AS month_number,
        NOT bool_or(is_missing) AS is_whole
    FROM day
    GROUP BY year, month, month_part
    HAVING NOT bool_and(is_empty)
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
    CAST(year AS STRING) || '-' || lpad(CAST(month AS STRING), 2, '0') AS period,
    year,
    month,
    part_year,
    part_month,
    month_part,
    is_partial,
    FALSE AS is_year_partial
FROM named
