-- One row per indicator and period, as stored in data/warehouse/plan_values. Key: record_id.
-- The id is made of the register's name, so that two spellings of one indicator are one.
SELECT
    k.indicator || ' ' || k.period AS record_id,
    y.receipt,
    k.is_last,
    k.received_at,
    k.indicator,
    k.period,
    k.value,
    coalesce(k.source, '?') AS source
FROM staging.kept AS k
CROSS JOIN staging.delivery AS y
