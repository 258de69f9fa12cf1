-- One row per id of a supplement (a file that only adds columns by id) that is loaded, with the time
-- when it was received by the newest delivery. Key: record_id.
-- Where numbers start anew each month an id names several records, and nobody can tell which one is
-- meant: many ids in several months are ambiguous and have no time; a few are records that moved.
WITH asked AS (
    SELECT DISTINCT tidy_id(i.record_id) AS record_id FROM staging.input AS i
),

held AS (
    SELECT
        l.record_id,
        arg_max(l.received_at, r.precedence) AS received_at,
        count(DISTINCT date_trunc('month', l.received_at)) > 1 AS is_spread
    FROM staging.loaded AS l
    JOIN staging.loaded_receipt AS r ON l.receipt = r.receipt
    SEMI JOIN asked ON l.record_id = asked.record_id
    WHERE l.is_last
    GROUP BY l.record_id
),

judged AS (
    SELECT
        h.*,
        h.is_spread AND count(*) FILTER (WHERE h.is_spread) OVER () > greatest(20, 0.1 * count(*) OVER ())
            AS is_ambiguous
    FROM held AS h
)

SELECT
    j.record_id,
    CASE WHEN NOT j.is_ambiguous THEN j.received_at::VARCHAR END AS received_at,
    j.is_ambiguous
FROM judged AS j
