-- One row: a street or town, with its district, and what it handled. Key: year, rank.
-- A street is named by district and name: some names exist in two districts.
WITH printed AS (
    SELECT
        figure.period,
        figure.district,
        figure.street,
        figure.numerator AS record_count
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'unit_type district street'
        AND figure.metric IN ('record_count')
)

SELECT
    loaded.year,
    row_number() OVER (
        PARTITION BY printed.period
        ORDER BY
            CASE WHEN printed.street = '?' THEN 1 ELSE 0 END,
            printed.record_count DESC,
            printed.district,
            printed.street
    ) AS rank,
    printed.district,
    printed.street,
    printed.record_count,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
ORDER BY loaded.year, rank
