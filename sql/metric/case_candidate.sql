-- One row: the record drawn for a topic in a part of a month, of one tier, with what is printed of it.
-- Key: year, month, month_part, scope_tier, category, subcategory, topic.
-- materialised per partition
-- A typical case is a dispatched record that was called back and found resolved. Of those of a topic
-- one is drawn by lot, the least md5 of its number: the same one whoever asks, and no matter how
-- the records are ordered.
SELECT
    year,
    month,
    CASE
        WHEN extract(DAY FROM received_at) < assessment.first_day_of_month THEN 1 ELSE 2
    END AS month_part,
    scope_tier,
    category,
    subcategory,
    topic,
    min(md5(record_id)) AS lot,
    min_by(record_id, md5(record_id)) AS record_id,
    min_by(received_at, md5(record_id)) AS received_at,
    min_by(coalesce(closed_at, received_at), md5(record_id)) AS closed_at,
    min_by(place_district, md5(record_id)) AS district,
    min_by(unit_type, md5(record_id)) AS unit_type,
    min_by(unit, md5(record_id)) AS unit,
    min_by(satisfaction, md5(record_id)) AS satisfaction
FROM core.record
CROSS JOIN ref.assessment_month AS assessment
WHERE is_called_back AND resolution = '解决'
GROUP BY
    year, month,
    CASE
        WHEN extract(DAY FROM received_at) < assessment.first_day_of_month THEN 1 ELSE 2
    END,
    scope_tier, category, subcategory, topic
