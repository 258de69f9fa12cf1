-- One row per row of the file, with the corrections of data/reference/correction.csv applied.
-- Key: none. Replaces staging.input where there are corrections. A cell is replaced while it still
-- holds what the correction expects, so a correction expires by itself once the source is mended.
-- Columns about persons and free text are not here: they cannot be corrected.
SELECT
    i.* REPLACE (
        corrected(k.fix, 'record_type', i.record_type) AS record_type,
        corrected(k.fix, 'category_path', i.category_path) AS category_path,
        corrected(k.fix, 'category', i.category) AS category,
        corrected(k.fix, 'subcategory', i.subcategory) AS subcategory,
        corrected(k.fix, 'topic', i.topic) AS topic,
        corrected(k.fix, 'tag', i.tag) AS tag,
        corrected(k.fix, 'status', i.status) AS status,
        corrected(k.fix, 'channel', i.channel) AS channel,
        corrected(k.fix, 'place_district', i.place_district) AS place_district,
        corrected(k.fix, 'place_street', i.place_street) AS place_street,
        corrected(k.fix, 'unit', i.unit) AS unit,
        corrected(k.fix, 'unit_type', i.unit_type) AS unit_type,
        corrected(k.fix, 'handling', i.handling) AS handling,
        corrected(k.fix, 'received_at', i.received_at) AS received_at,
        corrected(k.fix, 'created_at', i.created_at) AS created_at,
        corrected(k.fix, 'dispatched_at', i.dispatched_at) AS dispatched_at,
        corrected(k.fix, 'due_at', i.due_at) AS due_at,
        corrected(k.fix, 'closed_at', i.closed_at) AS closed_at,
        corrected(k.fix, 'is_valid', i.is_valid) AS is_valid,
        corrected(k.fix, 'is_contacted', i.is_contacted) AS is_contacted,
        corrected(k.fix, 'resolution', i.resolution) AS resolution,
        corrected(k.fix, 'satisfaction', i.satisfaction) AS satisfaction,
        corrected(k.fix, 'scope_tier', i.scope_tier) AS scope_tier,
        corrected(k.fix, 'is_epidemic', i.is_epidemic) AS is_epidemic,
        corrected(k.fix, 'is_company_desk', i.is_company_desk) AS is_company_desk,
        corrected(k.fix, 'platform', i.platform) AS platform,
        corrected(k.fix, 'praise_form', i.praise_form) AS praise_form
    )
FROM staging.received AS i
LEFT JOIN staging.correction AS k ON tidy_id(i.record_id) = k.record_id
