-- One row: a record whose text was sent by many callers in one month. Key: record_id.
-- materialised per partition
-- candidates in source.text_print: text_hash IS NOT NULL
-- alike in: year, month, text_hash
-- at least: copied_text
-- source.text_print holds a print of the normalised, masked text where it is long enough to be no
-- coincidence (ref.repeat_rule.least_length, applied by ingest); equal prints are equal texts.
-- Few texts are copies: the build finds these candidates first (pipeline/warehouse/candidates.py).
WITH held AS (
    SELECT r.year, r.month, r.scope_tier, r.record_id, r.received_at, r.caller_hash, t.text_hash
    FROM source.text_print AS t
    -- By receipt too: of a record delivered twice one text counts.
    JOIN core.record AS r
        ON
            r.year = t.year
            AND r.month = t.month
            AND r.record_id = t.record_id
            AND r.text_receipt = t.receipt
    WHERE t.text_hash IS NOT NULL
),

copied AS (
    SELECT year, month, text_hash, count(DISTINCT caller_hash) AS caller_count
    FROM held
    GROUP BY year, month, text_hash
)

SELECT
    h.year,
    h.month,
    h.scope_tier,
    h.record_id,
    h.received_at,
    CAST(c.caller_count AS INTEGER) AS text_caller_count
FROM held AS h
JOIN copied AS c ON c.year = h.year AND c.month = h.month AND c.text_hash = h.text_hash
JOIN ref.repeat_rule AS u ON u.rule = 'copied_text' AND c.caller_count >= u.least_count
