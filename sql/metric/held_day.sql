-- One row: a day of a month that holds rows of an entity, and whether its rows are missing.
-- Key: entity, received_on.
-- A day without rows is missing where chance does not explain it: where so many rows would be
-- expected of the run of empty days that it belongs to that none is implausible (ref.report_rule:
-- gap_edge_count for a run at the first or last day that is loaded, where a dump breaks off,
-- gap_inside_count for one within; with e^-3 and e^-7 if calls come by chance). So a large city
-- misses a single day to the day, and an office of two calls a day does not miss a quiet New
-- Year's Eve. Expected of a day is the mean of its weekday, or of the public holidays of
-- ref.calendar, between the entity's first and last row of the year: an office that is closed on
-- Sundays misses none. It may close on a holiday that no calendar here has, too, so that up to
-- gap_closed_days of its working days in a row are not missing. The register ref.partial_year says of a year that it is whole (an office that
-- closed for weeks, say). Of entities other than records receipts have the first and last row of a
-- month alone: their rows are spread evenly between these.
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
    WHERE tens.number * 10 + ones.number <= 30
),

loaded AS (
    SELECT
        entity,
        year,
        month,
        12 * year + month AS month_number,
        make_date(year, month, 1) AS first_on,
        CAST(min(first_received_at) AS DATE) AS first_received_on,
        CAST(max(last_received_at) AS DATE) AS last_received_on,
        sum(row_count) AS row_count
    FROM source.partition
    -- Values of a date (a plan's indicators) fill no months, nor does a supplement, without times.
    WHERE
        row_count > 0
        AND first_received_at IS NOT NULL
        AND entity IN (SELECT known.entity FROM source.entity AS known WHERE known.is_flow)
    GROUP BY entity, year, month
),

-- Months that follow each other without a gap share a stretch.
stretched AS (
    SELECT
        *,
        month_number - row_number() OVER (PARTITION BY entity ORDER BY month_number) AS stretch
    FROM loaded
),

spine AS (
    SELECT
        stretched.*,
        CAST(stretched.first_on + nth.number * INTERVAL '1' DAY AS DATE) AS received_on
    FROM stretched
    JOIN nth
        ON
            CAST(stretched.first_on + nth.number * INTERVAL '1' DAY AS DATE)
            < CAST(stretched.first_on + INTERVAL '1' MONTH AS DATE)
),

record_day AS (
    SELECT received_on, sum(record_count) AS record_count
    FROM metric.day_count
    WHERE district <> '*'
    GROUP BY received_on
),

counted AS (
    SELECT
        spine.entity,
        spine.year,
        spine.month,
        spine.stretch,
        spine.received_on,
        CASE
            WHEN spine.entity = 'record' THEN CAST(coalesce(day.record_count, 0) AS DOUBLE)
            WHEN spine.received_on BETWEEN spine.first_received_on AND spine.last_received_on
                THEN CAST(spine.row_count AS DOUBLE) / sum(
                    CASE
                        WHEN
                            spine.received_on
                            BETWEEN spine.first_received_on AND spine.last_received_on
                            THEN 1
                        ELSE 0
                    END
                ) OVER (PARTITION BY spine.entity, spine.year, spine.month)
            ELSE CAST(0 AS DOUBLE)
        END AS row_count
    FROM spine
    LEFT JOIN record_day AS day
        ON spine.entity = 'record' AND day.received_on = spine.received_on
),

kinded AS (
    SELECT
        counted.*,
        CASE WHEN calendar.day_on IS NOT NULL THEN -1 ELSE nth.number END AS day_kind
    FROM counted
    JOIN nth
        ON
            nth.number < 7
            AND CAST(
                CAST(date_trunc('week', counted.received_on) AS DATE)
                + nth.number * INTERVAL '1' DAY AS DATE
            ) = counted.received_on
    LEFT JOIN (SELECT DISTINCT day_on FROM ref.calendar WHERE kind = 'holiday') AS calendar
        ON CAST(calendar.day_on AS DATE) = counted.received_on
),

bounded AS (
    SELECT
        *,
        min(CASE WHEN row_count > 0 THEN received_on END) OVER (PARTITION BY entity, year)
            AS first_held_on,
        max(CASE WHEN row_count > 0 THEN received_on END) OVER (PARTITION BY entity, year)
            AS last_held_on,
        -- Empty days between the same two days with rows have the same number of those before them.
        sum(CASE WHEN row_count > 0 THEN 1 ELSE 0 END) OVER (
            PARTITION BY entity, stretch
            ORDER BY received_on
        ) AS held_before,
        sum(CASE WHEN row_count > 0 THEN 1 ELSE 0 END) OVER (PARTITION BY entity, stretch)
            AS held_count
    FROM kinded
),

expected AS (
    SELECT
        *,
        coalesce(
            avg(CASE WHEN received_on BETWEEN first_held_on AND last_held_on THEN row_count END)
                OVER (PARTITION BY entity, year, day_kind),
            avg(CASE WHEN received_on BETWEEN first_held_on AND last_held_on THEN row_count END)
                OVER (PARTITION BY entity, year),
            0
        ) AS expected_count
    FROM bounded
),

-- A weekday of less than a fifth of the mean is a day of rest.
rested AS (
    SELECT
        *,
        5 * expected_count < avg(expected_count) OVER (PARTITION BY entity, year) AS is_rest
    FROM expected
),

run AS (
    SELECT
        *,
        sum(CASE WHEN row_count = 0 THEN expected_count ELSE 0 END) OVER (
            PARTITION BY entity, stretch, held_before
        ) AS run_expected_count,
        sum(CASE WHEN row_count = 0 AND NOT is_rest THEN 1 ELSE 0 END) OVER (
            PARTITION BY entity, stretch, held_before
        ) AS run_open_day_count,
        max(CASE WHEN is_rest AND day_kind >= 0 THEN 1 ELSE 0 END) OVER (PARTITION BY entity, year) = 1
            AS is_closing
    FROM rested
),

-- A home's own rules may be older than these.
least AS (
    SELECT
        coalesce(max(CASE WHEN rule = 'gap_edge_count' THEN CAST(value AS DOUBLE) END), 3)
            AS edge_count,
        coalesce(max(CASE WHEN rule = 'gap_inside_count' THEN CAST(value AS DOUBLE) END), 7)
            AS inside_count,
        coalesce(max(CASE WHEN rule = 'gap_closed_days' THEN CAST(value AS DOUBLE) END), 3)
            AS closed_days
    FROM ref.report_rule
)

SELECT
    run.entity,
    run.year,
    run.month,
    run.received_on,
    run.row_count = 0 AS is_empty,
    run.row_count = 0
    AND coalesce(register.is_partial, TRUE)
    AND run.run_expected_count >= CASE
        WHEN run.held_before = 0 OR run.held_before = run.held_count THEN least.edge_count
        ELSE least.inside_count
    END
    AND NOT (run.is_closing AND run.run_open_day_count <= least.closed_days) AS is_missing
FROM run
CROSS JOIN least
LEFT JOIN ref.partial_year AS register ON register.year = run.year
