-- One row per event and delivery of staging.delivered: which canonical columns say something of it.
-- Key: record_id, receipt.
SELECT
    d.record_id,
    d.receipt,
    d.given,
    d.closed_at IS NOT NULL AS closed_at,
    d.category <> '?' AS category,
    d.district <> '?' AS place_district,
    d.street <> '?' AS place_street,
    d.grid <> '?' AS grid,
    d.channel <> '?' AS channel,
    d.status <> '?' AS status
FROM staging.delivered AS d
WHERE d.is_last
