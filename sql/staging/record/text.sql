-- One row per record: its masked texts, from the dispatch that counts. Key: record_id.
-- The place of the matter is not kept: below the street it is an address.
SELECT
    k.record_id,
    y.receipt,
    k.title,
    k.content,
    k.reply,
    k.received_at
FROM staging.kept AS k
CROSS JOIN staging.delivery AS y
WHERE k.is_last
