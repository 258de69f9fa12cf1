-- One row per record and dispatch of one month, as the city export prints it.
-- Key: record_id, dispatched_at.
-- Input `coded` (made by pipeline/simulate/dump/render.py): one row per record and dispatch; text
-- columns are dictionaries, so that this file only joins pieces. A piece that does not apply is
-- NULL, which concat() leaves out and the CSV writer leaves empty.
WITH placed AS (
    SELECT
        *,
        concat(place_street, point_before, CAST(number AS VARCHAR), point_after) AS point,
        CAST(phone AS VARCHAR) AS caller_phone
    FROM coded
)
SELECT
    line_no,
    -- Seven digits less the leading one: a sequence of six digits with its zeros.
    concat(day, substr(CAST(sequence + 1000000 AS VARCHAR), 2)) AS record_id,
    record_type,
    category,
    subcategory,
    topic,
    tag,
    concat(title_0, place_district, place_street, title_1, coalesce(topic, subcategory), title_2)
        AS title,
    -- A letter is sent by many in the same words; another long text differs by its place.
    coalesce(
        letter,
        concat(
            content_0, point, content_1, matter, content_2, detail,
            -- Some texts name the caller: masking has to find it there as well.
            CASE
                WHEN has_contact
                    THEN concat(contact_0, caller_name, contact_1, caller_phone, contact_2)
            END
        )
    ) AS content,
    concat(place_district, point) AS place,
    CASE WHEN closed_at IS NULL THEN '办理中' ELSE '已办结' END AS status,
    channel,
    caller_name,
    caller_phone,
    place_district,
    place_street,
    unit,
    CASE WHEN closed_at IS NOT NULL THEN reply END AS reply,
    handling,
    received_at,
    dispatched_at,
    due_at,
    closed_at,
    seat_id,
    seat_name,
    company_name,
    repeat_notice_count,
    is_valid,
    is_contacted,
    resolution,
    satisfaction,
    scope_tier,
    is_epidemic,
    is_company_desk,
    platform,
    praise_form
FROM placed
