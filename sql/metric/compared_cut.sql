-- One row: a count by a cut that a period is compared by with the same one of the year before.
-- Key: metric, cut.
-- is_in_bulletin: bulletins print it, so that it is compared with the period before too, in all
-- months, quarters and assessment months.
SELECT *
FROM (
    VALUES
    ('record_count', 'total', TRUE),
    ('record_count', 'record_type', TRUE),
    ('record_count', 'category', TRUE),
    ('record_count', 'category subcategory', TRUE),
    ('record_count', 'category subcategory topic', TRUE),
    ('record_count', 'record_type category', FALSE),
    ('record_count', 'handling', TRUE),
    ('record_count', 'channel', TRUE),
    ('record_count', 'handling channel', TRUE),
    ('record_count', 'category handling', FALSE),
    ('record_count', 'handling desk', FALSE),
    ('record_count', 'desk', FALSE),
    ('record_count', 'unit_type', TRUE),
    ('record_count', 'unit_type district street', TRUE),
    ('record_count', 'epidemic', FALSE),
    ('record_count', 'tag', FALSE),
    ('district_handled_count', 'total', TRUE),
    ('district_handled_count', 'region', TRUE),
    ('district_handled_count', 'district', TRUE),
    ('place_count', 'district', FALSE),
    ('redispatched_count', 'total', TRUE),
    ('repeat_call_count', 'total', TRUE),
    ('reopened_count', 'total', TRUE),
    ('mass_matter_count', 'total', TRUE),
    ('copied_text_count', 'total', TRUE)
) AS listed (metric, cut, is_in_bulletin)
