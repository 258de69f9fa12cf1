-- One row per row of the file, with the corrections of data/reference/correction.csv applied.
-- Key: none. Replaces staging.input where there are corrections, as for records.
SELECT
    i.* REPLACE (
        corrected(k.fix, 'place_district', i.place_district) AS place_district,
        corrected(k.fix, 'place_street', i.place_street) AS place_street,
        corrected(k.fix, 'category', i.category) AS category,
        corrected(k.fix, 'received_at', i.received_at) AS received_at,
        corrected(k.fix, 'closed_at', i.closed_at) AS closed_at,
        corrected(k.fix, 'channel', i.channel) AS channel,
        corrected(k.fix, 'status', i.status) AS status
    )
FROM staging.received AS i
LEFT JOIN staging.correction AS k ON tidy_id(i.record_id) = k.record_id
