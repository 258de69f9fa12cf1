-- One row: a day of a month, quarter or assessment month, whether or not it has records.
-- Key: period_type, period, received_on.
-- computed when asked
-- is_missing: its records are missing (metric.held_day). week_ are those of the seven days that the day belongs to, counted back
-- from the period's end, beside what was expected of them; null where the period's expected counts were
-- not asked for, or history is too short (method none), and for the first days of a period that fill no
-- week within it. week_common_rise is what half of the categories or more rose by over their
-- expectations in that week, where that is as much as ref.report_rule calls common; else null.
-- is_week_low: fewer than the interval allows. is_week_short: so few that the week looks incomplete,
-- less than the share of what was expected that ref.report_rule names.
WITH digit AS (
    SELECT *
    FROM (
        VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)
    ) AS listed (number)
),

nth AS (
    SELECT tens.number * 10 + ones.number AS number
    FROM digit AS tens
    CROSS JOIN digit AS ones
),

spine AS (
    SELECT
        reported.period_type,
        reported.period,
        reported.scope,
        reported.is_partial,
        CAST(reported.first_on + nth.number * INTERVAL '1' DAY AS DATE) AS received_on
    FROM metric.section_period AS reported
    JOIN nth
        ON CAST(reported.first_on + nth.number * INTERVAL '1' DAY AS DATE) <= reported.last_on
),

-- A home's own rules may be older than this one: then every low week is short.
least AS (
    SELECT
        coalesce(max(CASE WHEN rule.rule = 'bulletin_volume_share' THEN CAST(rule.value AS DOUBLE) END), 1)
            AS share,
        max(CASE WHEN rule.rule = 'surge_common_rise' THEN CAST(rule.value AS DOUBLE) END) AS common_rise
    FROM ref.report_rule AS rule
),

-- What everything rose by is on each part of the city.
common AS (
    SELECT period_type, period, scope, last_on, max(common_ratio) - 1 AS common_rise
    FROM model.expected_count
    GROUP BY period_type, period, scope, last_on
)

SELECT
    spine.period_type,
    spine.period,
    spine.received_on,
    coalesce(day.record_count, 0) AS record_count,
    coalesce(held.is_missing, TRUE) AS is_missing,
    expected.first_on AS week_first_on,
    expected.last_on AS week_last_on,
    expected.record_count AS week_record_count,
    expected.expected_count AS week_expected_count,
    expected.lower_count AS week_lower_count,
    expected.upper_count AS week_upper_count,
    coalesce(expected.record_count < expected.lower_count, FALSE) AS is_week_low,
    coalesce(
        expected.record_count < expected.lower_count
        AND expected.record_count < least.share * expected.expected_count,
        FALSE
    ) AS is_week_short,
    CASE WHEN common.common_rise >= least.common_rise THEN common.common_rise END AS week_common_rise,
    expected.method,
    expected.history_week_count,
    spine.is_partial
FROM spine
CROSS JOIN least
LEFT JOIN metric.day_total AS day ON day.scope = spine.scope AND day.received_on = spine.received_on
-- A month that is not loaded has no days.
LEFT JOIN metric.held_day AS held
    ON held.entity = 'record' AND held.received_on = spine.received_on
LEFT JOIN model.expected_count AS expected
    ON
        expected.cut = 'total'
        AND expected.period_type = spine.period_type
        AND expected.period = spine.period
        AND expected.scope = spine.scope
        AND spine.received_on BETWEEN expected.first_on AND expected.last_on
LEFT JOIN common
    ON
        common.period_type = expected.period_type
        AND common.period = expected.period
        AND common.scope = expected.scope
        AND common.last_on = expected.last_on
ORDER BY spine.period_type, spine.period, spine.received_on
