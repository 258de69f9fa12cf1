-- One row: the value of a plan's indicator at the end of a period, from the newest delivery.
-- Key: indicator, period.
WITH ranked AS (
    SELECT
        d.*,
        row_number() OVER (
            PARTITION BY d.indicator, d.period
            ORDER BY r.precedence DESC
        ) AS newest_rank
    FROM source.plan_value_row AS d
    JOIN source.receipt AS r ON r.receipt = d.receipt
)

SELECT
    record_id,
    indicator,
    period,
    received_at,
    value,
    source,
    receipt,
    year,
    month
FROM ranked
WHERE newest_rank = 1
