-- One row: a record in which the same caller comes again with the same matter.
-- Key: record_id.
-- materialised per partition, with 2 months before
-- candidates in core.record: caller_hash IS NOT NULL AND subcategory <> '?'
-- alike in: caller_hash, category, subcategory, place_district, place_street
-- at least: repeat_call
-- The same matter is the same sub-category at the same place (district and street as far as they
-- are known); again means less than ref.repeat_rule.window_days after an earlier record.
-- caller_matter_no counts the records within that window, the one at hand included. It looks back
-- alone, so that no figure of a month changes by what arrives later.
-- Few callers come twice with one matter: the build finds these candidates first (see
-- pipeline/warehouse/candidates.py), and this SELECT runs on them alone.
-- Each candidate is an event when it comes and one when it falls out of the window: the running sum
-- is linear however often one number calls, where a self-join would be quadratic.
WITH dated AS (
    SELECT
        year, month, scope_tier, record_id, received_at, closed_at,
        caller_hash, category, subcategory, place_district, place_street
    FROM core.record
    WHERE caller_hash IS NOT NULL AND subcategory <> '?'
),

candidate AS (
    SELECT
        year, month, scope_tier, record_id, received_at,
        caller_hash, category, subcategory, place_district, place_street,
        lag(received_at) OVER (
            PARTITION BY caller_hash, category, subcategory, place_district, place_street
            ORDER BY received_at, record_id
        ) AS previous_received_at,
        lag(closed_at) OVER (
            PARTITION BY caller_hash, category, subcategory, place_district, place_street
            ORDER BY received_at, record_id
        ) AS previous_closed_at
    FROM dated
),

event AS (
    SELECT *, received_at AS event_at, 1 AS step
    FROM candidate
    UNION ALL
    SELECT c.*, c.received_at + u.window_days * INTERVAL '1' DAY AS event_at, -1 AS step
    FROM candidate AS c
    JOIN ref.repeat_rule AS u ON u.rule = 'repeat_call'
),

counted AS (
    SELECT
        *,
        sum(step) OVER (
            PARTITION BY caller_hash, category, subcategory, place_district, place_street
            -- What falls out at an instant is gone before what comes at it.
            ORDER BY event_at, step, record_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS live_count
    FROM event
)

SELECT
    n.year,
    n.month,
    n.scope_tier,
    n.record_id,
    n.received_at,
    CAST(n.live_count AS INTEGER) AS caller_matter_no,
    n.previous_received_at,
    coalesce(n.previous_closed_at <= n.received_at, FALSE) AS is_reopened
FROM counted AS n
JOIN ref.repeat_rule AS u ON u.rule = 'repeat_call'
WHERE n.step = 1 AND n.live_count >= u.least_count
