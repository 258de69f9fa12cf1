-- One row: a kind of trouble in a street in a week, as one month and one side (grid or hotline) report
-- of it. Key: year, month, side, district, street, category, week_on.
-- materialised per partition
-- A grid class is read as the hotline's category of ref.grid_class. Calls are read only of months
-- that have grid events, so that a home without any pays nothing.
WITH event AS (
    SELECT
        e.year, e.month, e.district, e.street, class.category,
        CAST(date_trunc('week', e.received_at) AS DATE) AS week_on,
        count(*) AS row_count,
        min(e.received_at) AS first_at
    FROM core.grid_event AS e
    JOIN ref.grid_class AS class ON class.grid_class = e.category
    WHERE e.street <> '?'
    GROUP BY
        e.year, e.month, e.district, e.street, class.category,
        CAST(date_trunc('week', e.received_at) AS DATE)
),

shared AS (
    SELECT DISTINCT year, month FROM event
),

call AS (
    SELECT
        r.year, r.month, r.place_district AS district, r.place_street AS street, r.category,
        CAST(date_trunc('week', r.received_at) AS DATE) AS week_on,
        count(*) AS row_count,
        min(r.received_at) AS first_at
    FROM core.record AS r
    JOIN shared ON shared.year = r.year AND shared.month = r.month
    WHERE r.place_street <> '?'
    GROUP BY
        r.year, r.month, r.place_district, r.place_street, r.category,
        CAST(date_trunc('week', r.received_at) AS DATE)
)

SELECT year, month, 'grid' AS side, district, street, category, week_on, row_count, first_at
FROM event
UNION ALL
SELECT year, month, 'hotline' AS side, district, street, category, week_on, row_count, first_at
FROM call
