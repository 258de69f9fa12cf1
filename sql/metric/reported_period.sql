-- One row: a month, quarter or assessment month of a scope, with the two that it is compared with.
-- Key: period_type, period, scope.
-- previous_period is the one before it (环比), before_period the same one of the year before (同比).
-- has_previous and has_before say that it is there, in this scope, and that neither is partial: a
-- part of a month is no month (the days that both have are compared all the same, and said: see
-- metric.compared_day). Both names are null where it is not. has_months: all calendar months that
-- its days belong to are loaded. is_ended: that the data go on to the period's end, whatever they
-- lack before it.
WITH scoped AS (
    SELECT DISTINCT
        part.period_type,
        part.period,
        part.year,
        part.is_partial,
        scope.scope,
        CASE
            WHEN part.period_type <> 'quarter' THEN part.month
            WHEN part.month <= 3 THEN 1
            WHEN part.month <= 6 THEN 2
            WHEN part.month <= 9 THEN 3
            ELSE 4
        END AS step,
        CASE WHEN part.period_type = 'quarter' THEN 4 ELSE 12 END AS steps_a_year
    FROM metric.period_part AS part
    JOIN metric.scope AS scope ON scope.year = part.part_year
    WHERE part.period_type <> 'year'
),

-- A scope that only some of a period's calendar months have is not the whole of it.
covered AS (
    SELECT
        part.period_type,
        part.period,
        scope.scope,
        count(DISTINCT part.part_year * 100 + part.part_month) AS month_count
    FROM metric.period_part AS part
    JOIN metric.scope AS scope ON scope.year = part.part_year
    GROUP BY part.period_type, part.period, scope.scope
),

bounded AS (
    SELECT
        scoped.period_type,
        scoped.period,
        scoped.scope,
        scoped.year,
        scoped.step,
        scoped.year * scoped.steps_a_year + scoped.step AS step_number,
        scoped.steps_a_year,
        covered.month_count >= CASE scoped.period_type
            WHEN 'month' THEN 1
            WHEN 'quarter' THEN 3
            ELSE 2
        END AS has_months,
        scoped.is_partial AS is_day_partial,
        CASE scoped.period_type
            WHEN 'month' THEN make_date(scoped.year, scoped.step, 1)
            WHEN 'quarter' THEN make_date(scoped.year, 3 * scoped.step - 2, 1)
            ELSE make_date(
                CASE WHEN scoped.step = 1 THEN scoped.year - 1 ELSE scoped.year END,
                CASE WHEN scoped.step = 1 THEN 12 ELSE scoped.step - 1 END,
                CAST(assessment.first_day_of_month AS INTEGER)
            )
        END AS first_on,
        CAST(assessment.first_day_of_month AS INTEGER) - 1 AS assessment_last_day
    FROM scoped
    CROSS JOIN ref.assessment_month AS assessment
    JOIN covered
        ON
            covered.period_type = scoped.period_type
            AND covered.period = scoped.period
            AND covered.scope = scoped.scope
),

ended AS (
    SELECT
        *,
        is_day_partial OR NOT has_months AS is_partial,
        CAST(
            CASE period_type
                WHEN 'month' THEN first_on + INTERVAL '1' MONTH - INTERVAL '1' DAY
                WHEN 'quarter' THEN first_on + INTERVAL '3' MONTH - INTERVAL '1' DAY
                ELSE make_date(year, step, assessment_last_day)
            END AS DATE
        ) AS last_on
    FROM bounded
),

latest AS (
    SELECT max(last_received_at) AS last_received_at
    FROM source.partition
    WHERE entity = 'record' AND row_count > 0
)

SELECT
    own.period_type,
    own.period,
    own.scope,
    own.year,
    own.first_on,
    own.last_on,
    own.has_months,
    own.is_partial,
    CAST(latest.last_received_at AS DATE) >= own.last_on AS is_ended,
    previous.period AS previous_period,
    coalesce(NOT previous.is_partial AND NOT own.is_partial, FALSE) AS has_previous,
    before.period AS before_period,
    coalesce(NOT before.is_partial AND NOT own.is_partial, FALSE) AS has_before
FROM ended AS own
CROSS JOIN latest
LEFT JOIN ended AS previous
    ON
        previous.period_type = own.period_type
        AND previous.scope = own.scope
        AND previous.step_number = own.step_number - 1
LEFT JOIN ended AS before
    ON
        before.period_type = own.period_type
        AND before.scope = own.scope
        AND before.step_number = own.step_number - own.steps_a_year
