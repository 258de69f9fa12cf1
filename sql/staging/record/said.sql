-- One row per record and delivery of staging.delivered: which canonical columns say something of it.
-- Key: record_id, receipt. Of the dispatch that counts. Of units in the register no file has
-- the kind.
SELECT
    d.record_id,
    d.receipt,
    d.given,
    d.dispatched_at IS NOT NULL AS dispatched_at,
    d.due_at IS NOT NULL AS due_at,
    d.closed_at IS NOT NULL AS closed_at,
    d.record_type <> '其他' AS record_type,
    d.category <> '?' AS category,
    d.subcategory <> '?' AS subcategory,
    d.topic <> '?' AS topic,
    d.tag <> '?' AS tag,
    d.status <> '?' AS status,
    d.channel <> '?' AS channel,
    d.platform <> '?' AS platform,
    d.handling <> '?' AS handling,
    d.unit <> '?' AS unit,
    d.unit_type <> '?' AND u.unit IS NULL AS unit_type,
    d.place_district <> '?' AS place_district,
    d.place_street <> '?' AS place_street,
    d.caller_hash IS NOT NULL AS caller_phone,
    d.is_valid IS NOT NULL AS is_valid,
    d.is_contacted IS NOT NULL AS is_contacted,
    d.resolution <> '?' AS resolution,
    d.satisfaction <> '?' AS satisfaction,
    d.scope_tier > 0 AS scope_tier,
    d.is_epidemic IS NOT NULL AS is_epidemic,
    d.is_company_desk IS NOT NULL AS is_company_desk,
    d.praise_form <> '?' AS praise_form
FROM staging.delivered AS d
LEFT JOIN (SELECT DISTINCT a.unit FROM staging.unit_alias AS a) AS u ON d.unit = u.unit
WHERE d.is_last
