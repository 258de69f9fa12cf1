-- One row per count of what was written of a file: rows with a tier, with a time that nobody can
-- read or a word that no list has, and with a name that no register lists (of districts and
-- streets: those that a row names and none was found for).
-- Key: name.
WITH written AS (
    SELECT
        count(*) FILTER (WHERE w.scope_tier > 0) AS tiered_count,
        count(*) FILTER (WHERE regexp_matches(w.unread, '_at(,|$)')) AS unread_count,
        count(*) FILTER (WHERE regexp_replace(w.unread, '([a-z]+_at|unit_type),?', '', 'g') <> '')
            AS unknown_value_count,
        count(*) FILTER (WHERE contains(w.unread, 'unit_type')) AS unit_type_count,
        count(*) FILTER (
            WHERE w.category <> '?' AND w.category NOT IN (SELECT c.category FROM ref.category AS c)
        ) AS category_count,
        count(*) FILTER (WHERE w.unit <> '?' AND w.unit_type = '?') AS unit_count,
        -- Of a file that never says how a record was handled, only that is reported.
        CASE
            WHEN count(*) FILTER (WHERE w.handling <> '?') > 0
                THEN count(*) FILTER (
                    WHERE
                        w.handling NOT IN ('派单', '直接解答')
                        AND (w.handling <> '?' OR w.unit <> '?')
                )
            ELSE 0
        END AS handling_count,
        count(*) FILTER (WHERE w.place_district <> '?') AS district_count,
        count(*) FILTER (WHERE w.place_street <> '?') AS street_count
    FROM staging.written AS w
)

SELECT 'tiered' AS name, w.tiered_count AS row_count FROM written AS w
UNION ALL
SELECT 'unread' AS name, w.unread_count AS row_count FROM written AS w
UNION ALL
SELECT 'unknown_value' AS name, w.unknown_value_count AS row_count FROM written AS w
UNION ALL
SELECT 'category' AS name, w.category_count AS row_count FROM written AS w
UNION ALL
SELECT 'unit' AS name, w.unit_count AS row_count FROM written AS w
UNION ALL
SELECT 'unit_type' AS name, w.unit_type_count AS row_count FROM written AS w
UNION ALL
SELECT 'handling' AS name, w.handling_count AS row_count FROM written AS w
UNION ALL
SELECT 'place_district' AS name, n.district_count - w.district_count AS row_count
FROM written AS w
CROSS JOIN staging.named AS n
UNION ALL
SELECT 'place_street' AS name, n.street_count - w.street_count AS row_count
FROM written AS w
CROSS JOIN staging.named AS n
