-- One row: the records of January and February together, or their change on the year before, in a
-- period that holds one of the two (they, the first quarter, the year) of a year whose Spring Festival
-- fell otherwise on these months than the year before's. Key: the key of metric.figure_value.
-- Taken apart, the two months differ by the holiday more than by the matters. By the public holidays of
-- ref.calendar: it moved where another part of them falls in January. A year that the calendar does
-- not have gives no row. Only where records of no day of the four months are missing, so that it is
-- whole whatever else of the year is missing.
WITH festival AS (
    SELECT
        extract(YEAR FROM CAST(day_on AS DATE)) AS year,
        sum(CASE WHEN extract(MONTH FROM CAST(day_on AS DATE)) = 1 THEN 1 ELSE 0 END)
            AS january_count,
        sum(CASE WHEN extract(MONTH FROM CAST(day_on AS DATE)) = 2 THEN 1 ELSE 0 END)
            AS february_count
    FROM ref.calendar
    WHERE kind = 'holiday' AND holiday = '春节'
    GROUP BY extract(YEAR FROM CAST(day_on AS DATE))
),

moved AS (
    SELECT this.year
    FROM festival AS this
    JOIN festival AS before ON before.year = this.year - 1
    WHERE
        this.january_count * before.february_count <> this.february_count * before.january_count
),

month AS (
    SELECT
        scope,
        year,
        cut_key,
        sum(this_count) AS this_count,
        sum(before_count) AS before_count
    FROM metric.compared
    JOIN metric.cut_member USING (cut_key)
    JOIN moved USING (year)
    WHERE
        metric = 'record_count'
        AND cut = 'total'
        AND period_type = 'month'
        AND substring(period, 6, 2) IN ('01', '02')
        AND NOT is_partial
        AND is_comparable
    GROUP BY scope, year, cut_key
    HAVING count(*) = 2
),

long AS (
    SELECT
        'first_months_count' AS metric,
        scope,
        year,
        cut_key,
        this_count AS numerator,
        1 AS denominator
    FROM month
    UNION ALL
    SELECT
        'growth_first_months_count' AS metric,
        scope,
        year,
        cut_key,
        this_count - before_count AS numerator,
        before_count AS denominator
    FROM month
    WHERE before_count > 0
),

listed_period AS (
    SELECT *
    FROM (
        VALUES ('year', ''), ('quarter', '-Q1'), ('month', '-01'), ('month', '-02')
    ) AS listed (period_type, ending)
)

SELECT
    long.metric,
    '-' AS convention,
    long.scope,
    listed_period.period_type,
    CAST(long.year AS STRING) || listed_period.ending AS period,
    long.cut_key,
    CAST(long.numerator AS BIGINT) AS numerator,
    CAST(long.denominator AS BIGINT) AS denominator,
    FALSE AS is_partial
FROM long
CROSS JOIN listed_period
