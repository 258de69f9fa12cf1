-- One row: a column of the records of one delivery and month that another delivery gave.
-- Key: year, month, receipt, from_receipt, column_name.
-- materialised per partition
-- receipt is the delivery that counts, from_receipt an older one that has a column which receipt
-- lacks, or a newer one, such as a supplement, that has it too. filled_count are those of the
-- record_count records in which the column says something: what would have been lost. column_name
-- is that of the source files, dispatch_no for the chain of dispatches, texts for the masked texts.
WITH counted AS (
    SELECT
        m.year,
        m.month,
        m.receipt,
        m.kept_from,
        count(*) AS record_count,
        count(m.dispatched_at) AS dispatched_at_count,
        count(m.due_at) AS due_at_count,
        count(m.closed_at) AS closed_at_count,
        count(*) FILTER (WHERE m.record_type <> '其他') AS record_type_count,
        count(*) FILTER (WHERE m.category <> '?') AS category_count,
        count(*) FILTER (WHERE m.subcategory <> '?') AS subcategory_count,
        count(*) FILTER (WHERE m.topic <> '?') AS topic_count,
        count(*) FILTER (WHERE m.tag <> '?') AS tag_count,
        count(*) FILTER (WHERE m.status <> '?') AS status_count,
        count(*) FILTER (WHERE m.channel <> '?') AS channel_count,
        count(*) FILTER (WHERE m.platform <> '?') AS platform_count,
        count(*) FILTER (WHERE m.handling <> '?') AS handling_count,
        count(*) FILTER (WHERE m.unit <> '?') AS unit_count,
        count(*) FILTER (WHERE m.unit_type <> '?' AND u.unit IS NULL) AS unit_type_count,
        count(*) FILTER (WHERE m.place_district <> '?') AS place_district_count,
        count(*) FILTER (WHERE m.place_street <> '?') AS place_street_count,
        count(m.caller_hash) AS caller_phone_count,
        count(m.is_valid) AS is_valid_count,
        count(m.is_contacted) AS is_contacted_count,
        count(*) FILTER (WHERE m.resolution <> '?') AS resolution_count,
        count(*) FILTER (WHERE m.satisfaction <> '?') AS satisfaction_count,
        count(*) FILTER (WHERE m.scope_tier > 0) AS scope_tier_count,
        count(m.is_epidemic) AS is_epidemic_count,
        count(m.is_company_desk) AS is_company_desk_count,
        count(*) FILTER (WHERE m.praise_form <> '?') AS praise_form_count,
        count(*) FILTER (WHERE m.dispatch_no > 1) AS dispatch_no_count,
        count(*) AS texts_count
    FROM core.merged_dispatch AS m
    -- Of these the register has the kind, whatever a file says.
    LEFT JOIN (SELECT DISTINCT r.unit FROM ref.unit AS r) AS u ON u.unit = m.unit
    JOIN source.mixed_record_dispatch AS x ON x.year = m.year AND x.month = m.month
    WHERE m.is_last AND m.kept_from <> '|'
    GROUP BY m.year, m.month, m.receipt, m.kept_from
),

given_column AS (
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'dispatched_at' AS column_name, c.dispatched_at_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|dispatched_at=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'due_at' AS column_name, c.due_at_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|due_at=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'closed_at' AS column_name, c.closed_at_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|closed_at=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'record_type' AS column_name, c.record_type_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|record_type=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'category' AS column_name, c.category_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|category=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'subcategory' AS column_name, c.subcategory_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|subcategory=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'topic' AS column_name, c.topic_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|topic=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'tag' AS column_name, c.tag_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|tag=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'status' AS column_name, c.status_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|status=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'channel' AS column_name, c.channel_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|channel=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'platform' AS column_name, c.platform_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|platform=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'handling' AS column_name, c.handling_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|handling=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'unit' AS column_name, c.unit_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|unit=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'unit_type' AS column_name, c.unit_type_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|unit_type=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'place_district' AS column_name, c.place_district_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|place_district=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'place_street' AS column_name, c.place_street_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|place_street=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'caller_phone' AS column_name, c.caller_phone_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|caller_phone=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'is_valid' AS column_name, c.is_valid_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|is_valid=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'is_contacted' AS column_name, c.is_contacted_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|is_contacted=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'resolution' AS column_name, c.resolution_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|resolution=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'satisfaction' AS column_name, c.satisfaction_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|satisfaction=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'scope_tier' AS column_name, c.scope_tier_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|scope_tier=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'is_epidemic' AS column_name, c.is_epidemic_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|is_epidemic=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'is_company_desk' AS column_name, c.is_company_desk_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|is_company_desk=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'praise_form' AS column_name, c.praise_form_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|praise_form=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'dispatch_no' AS column_name, c.dispatch_no_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|dispatch_no=%'
    UNION ALL
    SELECT c.year, c.month, c.receipt, c.kept_from, c.record_count,
        'texts' AS column_name, c.texts_count AS filled_count
    FROM counted AS c
    WHERE c.kept_from LIKE '%|texts=%'
)

SELECT
    t.year,
    t.month,
    t.receipt,
    r.receipt AS from_receipt,
    t.column_name,
    CAST(sum(t.record_count) AS BIGINT) AS record_count,
    CAST(sum(t.filled_count) AS BIGINT) AS filled_count
FROM given_column AS t
JOIN source.receipt AS r ON t.kept_from LIKE concat('%|', t.column_name, '=', r.precedence, '|%')
GROUP BY t.year, t.month, t.receipt, r.receipt, t.column_name
