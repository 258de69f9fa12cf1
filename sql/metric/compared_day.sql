-- One row: a day that a month is compared by: its own, or one of the month that it is compared with.
-- Key: month_type, months_before, scope, year, month, is_before, received_on.
-- This is the rule of the comparable period, for growth on the year before and on the period before,
-- contributions, rates before, months, quarters, assessment months and years: the days that both
-- have. Two whole months are compared wholly, so that February has its leap day; where records of a
-- day of either are missing (metric.held_day), the days of the same number are, that both hold.
-- year and month are those of the later month, whose name the comparison carries.
WITH day AS (
    SELECT
        'month' AS month_type,
        scope.scope,
        12 * held.year + held.month AS month_number,
        held.received_on
    FROM metric.held_day AS held
    JOIN (SELECT DISTINCT year, scope FROM metric.scope) AS scope ON scope.year = held.year
    WHERE held.entity = 'record' AND NOT held.is_missing
    UNION ALL
    SELECT
        'assessment' AS month_type,
        scope.scope,
        12 * held.year + held.month
        + CASE
            WHEN extract(DAY FROM held.received_on) < assessment.first_day_of_month THEN 0 ELSE 1
        END AS month_number,
        held.received_on
    FROM metric.held_day AS held
    CROSS JOIN ref.assessment_month AS assessment
    JOIN (SELECT DISTINCT year, scope FROM metric.scope) AS scope ON scope.year = held.year
    WHERE held.entity = 'record' AND NOT held.is_missing
),

own AS (
    SELECT pair.*, day.received_on
    FROM metric.month_pair AS pair
    JOIN day
        ON
            day.month_type = pair.month_type
            AND day.scope = pair.scope
            AND day.month_number = pair.month_number
),

before AS (
    SELECT pair.*, day.received_on
    FROM metric.month_pair AS pair
    JOIN day
        ON
            day.month_type = pair.month_type
            AND day.scope = pair.scope
            AND day.month_number = pair.before_month_number
),

matched AS (
    SELECT
        own.month_type, own.months_before, own.scope, own.year, own.month,
        own.received_on,
        before.received_on AS before_received_on
    FROM own
    JOIN before
        ON
            before.month_type = own.month_type
            AND before.months_before = own.months_before
            AND before.scope = own.scope
            AND before.year = own.year
            AND before.month = own.month
            AND extract(DAY FROM before.received_on) = extract(DAY FROM own.received_on)
    WHERE NOT own.is_whole
)

SELECT
    month_type, months_before, scope, year, month, is_whole,
    FALSE AS is_before,
    received_on
FROM own
WHERE is_whole
UNION ALL
SELECT
    month_type, months_before, scope, year, month, is_whole,
    TRUE AS is_before,
    received_on
FROM before
WHERE is_whole
UNION ALL
SELECT
    month_type, months_before, scope, year, month,
    FALSE AS is_whole,
    FALSE AS is_before,
    received_on
FROM matched
UNION ALL
SELECT
    month_type, months_before, scope, year, month,
    FALSE AS is_whole,
    TRUE AS is_before,
    before_received_on AS received_on
FROM matched
