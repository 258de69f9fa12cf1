-- One row: a figure of the grid systems, as numerator over denominator.
-- Key: metric, period_type, period, cut, category, district, street, channel. Events count by the time of their report. The solved rate is over
-- all events reported; the hours to close over those whose time of closing is known. How many
-- districts and classes had events is counted over the members that a register has.
WITH tally AS (
    SELECT
        period.period_type,
        period.period,
        period.is_partial,
        cell.category,
        cell.district,
        cell.street,
        cell.channel,
        coalesce(
            nullif(
                trim(
                    CASE WHEN cell.category <> '*' THEN 'category ' ELSE '' END
                    || CASE WHEN cell.district <> '*' THEN 'district ' ELSE '' END
                    || CASE WHEN cell.street <> '*' THEN 'street ' ELSE '' END
                    || CASE WHEN cell.channel <> '*' THEN 'channel ' ELSE '' END
                ),
                ''
            ),
            'total'
        ) AS cut,
        CAST(sum(cell.event_count) AS BIGINT) AS event_count,
        CAST(sum(cell.solved_count) AS BIGINT) AS solved_count,
        CAST(sum(cell.closed_count) AS BIGINT) AS closed_count,
        CAST(sum(cell.close_seconds) AS BIGINT) AS close_seconds
    FROM metric.shown_grid_cell AS cell
    JOIN metric.entity_period AS period
        ON period.entity = 'grid_event' AND period.year = cell.year AND period.month = cell.month
    GROUP BY
        period.period_type, period.period, period.is_partial,
        cell.category, cell.district, cell.street, cell.channel
),

total AS (
    SELECT period_type, period, event_count AS total_count
    FROM tally
    WHERE cut = 'total'
),

measured AS (
    SELECT
        'event_count' AS metric, period_type, period, is_partial, cut,
        category, district, street, channel,
        event_count AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM tally
    UNION ALL
    SELECT
        'event_solved_count' AS metric, period_type, period, is_partial, cut,
        category, district, street, channel,
        solved_count AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM tally
    UNION ALL
    SELECT
        'event_solved_rate' AS metric, period_type, period, is_partial, cut,
        category, district, street, channel,
        solved_count AS numerator, event_count AS denominator
    FROM tally
    UNION ALL
    SELECT
        'event_close_hours' AS metric, period_type, period, is_partial, cut,
        category, district, street, channel,
        close_seconds AS numerator, 3600 * closed_count AS denominator
    FROM tally
    WHERE closed_count > 0
    UNION ALL
    SELECT
        'event_share' AS metric, tally.period_type, tally.period, tally.is_partial, tally.cut,
        tally.category, tally.district, tally.street, tally.channel,
        tally.event_count AS numerator, total.total_count AS denominator
    FROM tally
    JOIN total ON total.period_type = tally.period_type AND total.period = tally.period
    WHERE tally.cut IN ('category', 'district', 'channel')
    UNION ALL
    SELECT
        'event_district_count' AS metric, tally.period_type, tally.period, tally.is_partial,
        'total' AS cut, '*' AS category, '*' AS district, '*' AS street, '*' AS channel,
        count(*) AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM tally
    JOIN ref.district AS known ON known.district = tally.district
    WHERE tally.cut = 'district' AND tally.event_count > 0
    GROUP BY tally.period_type, tally.period, tally.is_partial
    UNION ALL
    SELECT
        'event_class_count' AS metric, tally.period_type, tally.period, tally.is_partial,
        'total' AS cut, '*' AS category, '*' AS district, '*' AS street, '*' AS channel,
        count(*) AS numerator, CAST(1 AS BIGINT) AS denominator
    FROM tally
    JOIN ref.grid_class AS known ON known.grid_class = tally.category
    WHERE tally.cut = 'category' AND tally.event_count > 0
    GROUP BY tally.period_type, tally.period, tally.is_partial
)

SELECT
    metric,
    '-' AS convention,
    'all' AS scope,
    period_type,
    period,
    category, district, street, channel,
    numerator,
    denominator,
    is_partial,
    cut
FROM measured
