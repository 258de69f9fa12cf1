-- One row per record: its masked texts, from the dispatch that counts. Key: record_id.
-- The place of the matter is not kept: below the street it is an address.
-- text_hash finds the same text sent by many (sql/core/copied_text.sql). It is made here, where the
-- text is at hand, and is with the texts, so that who deletes these deletes it too. A text
-- shorter than the rule says has none: two callers may well have the same few words.
WITH rule AS (
    SELECT max(u.least_length::INTEGER) AS least_length
    FROM ref.repeat_rule AS u
    WHERE u.rule = 'copied_text'
),

trimmed AS (
    SELECT
        k.record_id,
        k.title,
        k.content,
        k.reply,
        k.received_at,
        u.least_length,
        CASE WHEN length(k.content) >= u.least_length THEN plain_text(k.content) END AS plain
    FROM staging.kept AS k
    CROSS JOIN rule AS u
    WHERE k.is_last
)

SELECT
    t.record_id,
    y.receipt,
    t.title,
    t.content,
    t.reply,
    CASE WHEN length(t.plain) >= t.least_length THEN text_print(t.plain) END AS text_hash,
    t.received_at
FROM trimmed AS t
CROSS JOIN staging.delivery AS y
