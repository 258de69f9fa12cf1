-- One row: a record of a matter that many callers brought in one week. Key: record_id.
-- materialised per partition
-- candidates in core.record: topic <> '?' AND place_street <> '?'
-- alike in: year, month, date_trunc('week', received_at), topic, place_street
-- at least: mass_matter
-- The same matter is the same topic (third level) in the same street; both must be known. The week
-- runs from Monday and stops at the end of the month, so that a month's figures rest on the month.
-- A record without a caller's number is of the matter, but adds no caller.
-- Distinct callers are counted in groups of many records alone, which the build finds first by few
-- columns (see pipeline/warehouse/candidates.py).
WITH held AS (
    SELECT
        r.year, r.month, date_trunc('week', r.received_at) AS week_on, r.category, r.subcategory,
        r.topic, r.place_district, r.place_street, r.scope_tier, r.record_id, r.received_at,
        r.caller_hash
    FROM core.record AS r
    WHERE r.topic <> '?' AND r.place_street <> '?'
),

crowd AS (
    SELECT
        year, month, week_on, category, subcategory, topic, place_district, place_street,
        count(DISTINCT caller_hash) AS caller_count
    FROM held
    GROUP BY year, month, week_on, category, subcategory, topic, place_district, place_street
)

SELECT
    h.year,
    h.month,
    h.scope_tier,
    h.record_id,
    h.received_at,
    CAST(c.caller_count AS INTEGER) AS matter_caller_count
FROM held AS h
JOIN crowd AS c
    ON
        c.year = h.year
        AND c.month = h.month
        AND c.week_on = h.week_on
        AND c.category = h.category
        AND c.subcategory = h.subcategory
        AND c.topic = h.topic
        AND c.place_district = h.place_district
        AND c.place_street = h.place_street
JOIN ref.repeat_rule AS u ON u.rule = 'mass_matter' AND c.caller_count >= u.least_count
