-- One row: the records of January and February together, or their change on the year before, in a
-- period that holds one of the two (they, the first quarter, the year) of a year whose Spring Festival
-- fell otherwise on these months than the year before's. Key: the key of metric.figure.
-- Apart the two months tell of the holiday more than of the matters. By the public holidays of
-- ref.calendar: it moved where another part of them lies in January. A year that the calendar does
-- not know says nothing. Only where records of no day of the four months are missing, so that it is
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
        compared.scope,
        compared.year,
        sum(compared.this_count) AS this_count,
        sum(compared.before_count) AS before_count
    FROM metric.compared AS compared
    JOIN moved ON moved.year = compared.year
    LEFT JOIN metric.cut_uncompared AS uncompared
        ON
            uncompared.scope = compared.scope
            AND uncompared.cut = compared.cut
            AND uncompared.period_type = compared.period_type
            AND uncompared.period = compared.period
            AND NOT uncompared.is_previous
    WHERE
        compared.metric = 'record_count'
        AND compared.cut = 'total'
        AND compared.period_type = 'month'
        AND substring(compared.period, 6, 2) IN ('01', '02')
        AND NOT compared.is_partial
        AND uncompared.cut IS NULL
    GROUP BY compared.scope, compared.year
    HAVING count(*) = 2
),

long AS (
    SELECT
        'first_months_count' AS metric,
        scope,
        year,
        this_count AS numerator,
        1 AS denominator
    FROM month
    UNION ALL
    SELECT
        'growth_first_months_count' AS metric,
        scope,
        year,
        this_count - before_count AS numerator,
        before_count AS denominator
    FROM month
    WHERE before_count > 0
),

told AS (
    SELECT *
    FROM (
        VALUES ('year', ''), ('quarter', '-Q1'), ('month', '-01'), ('month', '-02')
    ) AS listed (period_type, ending)
)

SELECT
    long.metric,
    '1' AS method_version,
    '-' AS convention,
    long.scope,
    'received' AS date_basis,
    told.period_type,
    CAST(long.year AS VARCHAR) || told.ending AS period,
    '*' AS record_type, '*' AS category, '*' AS subcategory, '*' AS handling, '*' AS unit_type,
    '*' AS unit, '*' AS region, '*' AS district, '*' AS street, '*' AS channel, '*' AS desk,
    '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag,
    CAST(long.numerator AS BIGINT) AS numerator,
    CAST(long.denominator AS BIGINT) AS denominator,
    FALSE AS is_partial,
    'total' AS cut
FROM long
CROSS JOIN told
