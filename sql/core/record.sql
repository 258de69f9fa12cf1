-- One row: a record, with the dispatch that counts (the last one) or none (answered directly).
-- Key: record_id.
-- region follows the unit that handles the record, not the place where the matter is. A record
-- is handled by a district when it is known to be dispatched, a district or one of its streets has
-- it, and the district is known. A unit on a record whose handling is unknown stays in its columns
-- and counts in no figure by unit.
-- No register is joined here: who asks for a count of a year should not pay for it (ref.region_of,
-- pipeline/reference.py).
-- Outcomes count on dispatched records with a valid call-back alone: who is answered on the spot
-- is not called back, and an answer without a valid call-back is in no denominator.
SELECT
    d.*,
    ref.region_of(d.unit_district) AS region,
    d.dispatch_no AS dispatch_count,
    d.handling = '派单' AND d.unit_type IN ('区', '街乡镇') AND d.unit_district <> '?'
        AS is_district_handled,
    d.handling = '派单' AND coalesce(d.is_valid, FALSE) AS is_called_back,
    d.closed_at IS NOT NULL AND d.closed_at < d.received_at AS is_closed_early
FROM core.dispatch AS d
WHERE d.is_last
