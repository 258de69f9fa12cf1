-- One row: a dispatch of a record that several deliveries hold, each with other columns.
-- Key: record_id, dispatch_no.
-- materialised per partition
-- A newer delivery replaces the columns that it has; a column that it lacks keeps the value of the
-- newest delivery that has it. So does a supplement, which has few columns and no records. An empty
-- cell of a column that is there replaces too. Only mixed months are read (is_mixed is a constant of
-- each branch of source.record_dispatch), and of them only ids whose deliveries differ in columns;
-- where another month holds deliveries of the id, source.shared_record_dispatch has their rows.
-- receipt is the newest delivery of the record itself, which says when it was received. The chain of
-- dispatches comes from the newest delivery that has dispatches; the last dispatch takes the
-- values of the last, another one those of the same number, or of the last where there are fewer.
-- What belongs under a value is kept only below the same value: a subcategory under its category, a
-- topic under its subcategory, a street in its district, what a file says of the kind of a unit for
-- that unit; a unit handled nothing that was answered directly. kept_from names the columns that are
-- not those of receipt, each with the precedence of the delivery that gave it (core.kept_column). The
-- greatest precedence is the newest delivery.
WITH arrived AS (
    -- Ids that other months hold too, in the month where they count.
    SELECT DISTINCT d.year, d.month, d.record_id
    FROM source.record_dispatch AS d
    JOIN core.moved_id AS m
        ON m.entity = 'record' AND m.record_id = d.record_id AND m.receipt = d.receipt
    WHERE d.is_mixed
),

named AS (
    SELECT d.year, d.month, d.record_id, d.receipt, d.dispatch_no, d.is_last, d.given
    FROM source.record_dispatch AS d
    LEFT JOIN core.moved_id AS m ON m.entity = 'record' AND m.record_id = d.record_id
    LEFT JOIN arrived AS a
        ON a.year = d.year AND a.month = d.month AND a.record_id = d.record_id
    WHERE d.is_mixed AND (m.record_id IS NULL OR a.record_id IS NOT NULL)
    UNION ALL
    SELECT a.year, a.month, s.record_id, s.receipt, s.dispatch_no, s.is_last, s.given
    FROM source.shared_record_dispatch AS s
    JOIN arrived AS a ON a.record_id = s.record_id
    WHERE s.year <> a.year OR s.month <> a.month
),

delivered AS (
    SELECT DISTINCT h.receipt, h.given
    FROM named AS h
),

-- Which stored columns the rows of a delivery have. A street is known only within its district.
layout AS (
    SELECT
        s.receipt,
        s.given,
        r.precedence,
        r.is_supplement,
        s.given LIKE '%|dispatched_at|%' AS has_dispatched_at,
        s.given LIKE '%|due_at|%' AS has_due_at,
        s.given LIKE '%|closed_at|%' AS has_closed_at,
        s.given LIKE '%|record_type|%' AS has_record_type,
        s.given LIKE '%|category|%' OR s.given LIKE '%|category_path|%' AS has_category,
        s.given LIKE '%|subcategory|%' OR s.given LIKE '%|category_path|%' AS has_subcategory,
        s.given LIKE '%|topic|%' OR s.given LIKE '%|category_path|%' AS has_topic,
        s.given LIKE '%|tag|%' AS has_tag,
        s.given LIKE '%|status|%' AS has_status,
        s.given LIKE '%|channel|%' AS has_channel,
        s.given LIKE '%|platform|%' AS has_platform,
        s.given LIKE '%|handling|%' AS has_handling,
        s.given LIKE '%|unit|%' AS has_unit,
        s.given LIKE '%|unit_type|%' AS has_unit_type,
        s.given LIKE '%|place_district|%' AS has_place_district,
        s.given LIKE '%|place_district|%' AND s.given LIKE '%|place_street|%' AS has_place_street,
        s.given LIKE '%|caller_phone|%' AS has_caller_phone,
        s.given LIKE '%|is_valid|%' AS has_is_valid,
        s.given LIKE '%|is_contacted|%' AS has_is_contacted,
        s.given LIKE '%|resolution|%' AS has_resolution,
        s.given LIKE '%|satisfaction|%' AS has_satisfaction,
        s.given LIKE '%|scope_tier|%' AS has_scope_tier,
        s.given LIKE '%|is_epidemic|%' AS has_is_epidemic,
        s.given LIKE '%|is_company_desk|%' AS has_is_company_desk,
        s.given LIKE '%|praise_form|%' AS has_praise_form,
        s.given LIKE '%|dispatched_at|%' OR (s.given LIKE '%|unit|%' AND NOT r.is_supplement)
            AS has_chain,
        s.given LIKE '%|content|%' AS has_content,
        s.given LIKE '%|title|%' OR s.given LIKE '%|reply|%' AS has_text
    FROM delivered AS s
    JOIN source.receipt AS r ON r.receipt = s.receipt
),

-- Per id the precedence of the delivery that gives each column: the newest that has it.
giver AS (
    SELECT
        h.year,
        h.month,
        h.record_id,
        max(CASE WHEN NOT l.is_supplement THEN l.precedence END) AS base,
        max(CASE WHEN l.has_chain THEN l.precedence END) AS chain,
        coalesce(
            max(CASE WHEN l.has_content THEN l.precedence END),
            max(CASE WHEN l.has_text THEN l.precedence END)
        ) AS texts,
        max(CASE WHEN l.has_dispatched_at THEN l.precedence END) AS dispatched_at,
        max(CASE WHEN l.has_due_at THEN l.precedence END) AS due_at,
        max(CASE WHEN l.has_closed_at THEN l.precedence END) AS closed_at,
        max(CASE WHEN l.has_record_type THEN l.precedence END) AS record_type,
        max(CASE WHEN l.has_category THEN l.precedence END) AS category,
        max(CASE WHEN l.has_subcategory THEN l.precedence END) AS subcategory,
        max(CASE WHEN l.has_topic THEN l.precedence END) AS topic,
        max(CASE WHEN l.has_tag THEN l.precedence END) AS tag,
        max(CASE WHEN l.has_status THEN l.precedence END) AS status,
        max(CASE WHEN l.has_channel THEN l.precedence END) AS channel,
        max(CASE WHEN l.has_platform THEN l.precedence END) AS platform,
        max(CASE WHEN l.has_handling THEN l.precedence END) AS handling,
        max(CASE WHEN l.has_unit THEN l.precedence END) AS unit,
        max(CASE WHEN l.has_unit_type THEN l.precedence END) AS unit_type,
        max(CASE WHEN l.has_place_district THEN l.precedence END) AS place_district,
        max(CASE WHEN l.has_place_street THEN l.precedence END) AS place_street,
        max(CASE WHEN l.has_caller_phone THEN l.precedence END) AS caller_phone,
        max(CASE WHEN l.has_is_valid THEN l.precedence END) AS is_valid,
        max(CASE WHEN l.has_is_contacted THEN l.precedence END) AS is_contacted,
        max(CASE WHEN l.has_resolution THEN l.precedence END) AS resolution,
        max(CASE WHEN l.has_satisfaction THEN l.precedence END) AS satisfaction,
        max(CASE WHEN l.has_scope_tier THEN l.precedence END) AS scope_tier,
        max(CASE WHEN l.has_is_epidemic THEN l.precedence END) AS is_epidemic,
        max(CASE WHEN l.has_is_company_desk THEN l.precedence END) AS is_company_desk,
        max(CASE WHEN l.has_praise_form THEN l.precedence END) AS praise_form
    FROM named AS h
    JOIN layout AS l ON l.receipt = h.receipt AND l.given = h.given
    GROUP BY h.year, h.month, h.record_id
    HAVING min(l.precedence) < max(l.precedence) AND min(h.given) < max(h.given)
),

needed AS (
    SELECT
        g.*,
        concat(
            '|',
            CASE WHEN g.dispatched_at <> g.base THEN concat('dispatched_at=', g.dispatched_at, '|') ELSE '' END,
            CASE WHEN g.due_at <> g.base THEN concat('due_at=', g.due_at, '|') ELSE '' END,
            CASE WHEN g.closed_at <> g.base THEN concat('closed_at=', g.closed_at, '|') ELSE '' END,
            CASE WHEN g.record_type <> g.base THEN concat('record_type=', g.record_type, '|') ELSE '' END,
            CASE WHEN g.category <> g.base THEN concat('category=', g.category, '|') ELSE '' END,
            CASE WHEN g.subcategory <> g.base THEN concat('subcategory=', g.subcategory, '|') ELSE '' END,
            CASE WHEN g.topic <> g.base THEN concat('topic=', g.topic, '|') ELSE '' END,
            CASE WHEN g.tag <> g.base THEN concat('tag=', g.tag, '|') ELSE '' END,
            CASE WHEN g.status <> g.base THEN concat('status=', g.status, '|') ELSE '' END,
            CASE WHEN g.channel <> g.base THEN concat('channel=', g.channel, '|') ELSE '' END,
            CASE WHEN g.platform <> g.base THEN concat('platform=', g.platform, '|') ELSE '' END,
            CASE WHEN g.handling <> g.base THEN concat('handling=', g.handling, '|') ELSE '' END,
            CASE WHEN g.unit <> g.base THEN concat('unit=', g.unit, '|') ELSE '' END,
            CASE WHEN g.unit_type <> g.base THEN concat('unit_type=', g.unit_type, '|') ELSE '' END,
            CASE WHEN g.place_district <> g.base THEN concat('place_district=', g.place_district, '|') ELSE '' END,
            CASE WHEN g.place_street <> g.base THEN concat('place_street=', g.place_street, '|') ELSE '' END,
            CASE WHEN g.caller_phone <> g.base THEN concat('caller_phone=', g.caller_phone, '|') ELSE '' END,
            CASE WHEN g.is_valid <> g.base THEN concat('is_valid=', g.is_valid, '|') ELSE '' END,
            CASE WHEN g.is_contacted <> g.base THEN concat('is_contacted=', g.is_contacted, '|') ELSE '' END,
            CASE WHEN g.resolution <> g.base THEN concat('resolution=', g.resolution, '|') ELSE '' END,
            CASE WHEN g.satisfaction <> g.base THEN concat('satisfaction=', g.satisfaction, '|') ELSE '' END,
            CASE WHEN g.scope_tier <> g.base THEN concat('scope_tier=', g.scope_tier, '|') ELSE '' END,
            CASE WHEN g.is_epidemic <> g.base THEN concat('is_epidemic=', g.is_epidemic, '|') ELSE '' END,
            CASE WHEN g.is_company_desk <> g.base THEN concat('is_company_desk=', g.is_company_desk, '|') ELSE '' END,
            CASE WHEN g.praise_form <> g.base THEN concat('praise_form=', g.praise_form, '|') ELSE '' END,
            CASE WHEN g.chain <> g.base THEN concat('dispatch_no=', g.chain, '|') ELSE '' END,
            CASE WHEN g.texts <> g.base THEN concat('texts=', g.texts, '|') ELSE '' END
        ) AS kept_from
    FROM giver AS g
    WHERE g.base IS NOT NULL
),

dispatch AS (
    SELECT n.*, h.dispatch_no, h.is_last
    FROM needed AS n
    JOIN named AS h ON h.year = n.year AND h.month = n.month AND h.record_id = n.record_id
    JOIN source.receipt AS r ON r.receipt = h.receipt AND r.precedence = coalesce(n.chain, n.base)
),

-- The whole rows, of all ids: read once, and met with those that are needed.
held AS (
    SELECT
        d.year, d.month,
        d.record_id, d.receipt, d.dispatch_no, d.is_last, d.received_at, d.dispatched_at, d.due_at,
        d.closed_at, d.record_type, d.category, d.subcategory, d.topic, d.tag, d.status, d.channel,
        d.platform, d.handling, d.unit_type, d.unit, d.unit_district, d.unit_street,
        d.place_district, d.place_street, d.caller_hash, d.is_valid, d.is_contacted, d.resolution,
        d.satisfaction, d.scope_tier, d.is_epidemic, d.is_company_desk, d.praise_form,
        d.unknown_district, d.unknown_street, d.unread, d.given
    FROM source.record_dispatch AS d
    WHERE d.is_mixed
    UNION ALL
    SELECT
        a.year, a.month,
        s.record_id, s.receipt, s.dispatch_no, s.is_last, s.received_at, s.dispatched_at, s.due_at,
        s.closed_at, s.record_type, s.category, s.subcategory, s.topic, s.tag, s.status, s.channel,
        s.platform, s.handling, s.unit_type, s.unit, s.unit_district, s.unit_street,
        s.place_district, s.place_street, s.caller_hash, s.is_valid, s.is_contacted, s.resolution,
        s.satisfaction, s.scope_tier, s.is_epidemic, s.is_company_desk, s.praise_form,
        s.unknown_district, s.unknown_street, s.unread, s.given
    FROM source.shared_record_dispatch AS s
    JOIN arrived AS a ON a.record_id = s.record_id
    WHERE s.year <> a.year OR s.month <> a.month
),

-- One row a dispatch: of the deliveries' rows for it each column takes the giver's.
taken AS (
    SELECT
        d.year,
        d.month,
        d.record_id,
        d.dispatch_no,
        d.is_last,
        d.kept_from,
        max(CASE WHEN r.precedence = d.base THEN h.receipt END) AS receipt,
        max(CASE WHEN r.precedence = d.base THEN h.given END) AS given,
        max(CASE WHEN r.precedence = d.base THEN h.received_at END) AS received_at,
        max(CASE WHEN r.precedence = coalesce(d.texts, d.base) THEN h.receipt END) AS text_receipt,
        max(CASE WHEN r.precedence = d.dispatched_at THEN h.dispatched_at END) AS dispatched_at,
        max(CASE WHEN r.precedence = d.due_at THEN h.due_at END) AS due_at,
        max(CASE WHEN r.precedence = d.closed_at THEN h.closed_at END) AS closed_at,
        max(CASE WHEN r.precedence = d.record_type THEN h.record_type END) AS record_type,
        max(CASE WHEN r.precedence = d.category THEN h.category END) AS category,
        max(CASE WHEN r.precedence = d.subcategory THEN h.subcategory END) AS subcategory,
        max(CASE WHEN r.precedence = d.topic THEN h.topic END) AS topic,
        max(CASE WHEN r.precedence = d.tag THEN h.tag END) AS tag,
        max(CASE WHEN r.precedence = d.status THEN h.status END) AS status,
        max(CASE WHEN r.precedence = d.channel THEN h.channel END) AS channel,
        max(CASE WHEN r.precedence = d.platform THEN h.platform END) AS platform,
        max(CASE WHEN r.precedence = d.handling THEN h.handling END) AS handling,
        max(CASE WHEN r.precedence = d.unit THEN h.unit_type END) AS unit_type,
        max(CASE WHEN r.precedence = d.unit THEN h.unit END) AS unit,
        max(CASE WHEN r.precedence = d.unit THEN h.unit_district END) AS unit_district,
        max(CASE WHEN r.precedence = d.unit THEN h.unit_street END) AS unit_street,
        max(CASE WHEN r.precedence = d.place_district THEN h.place_district END) AS place_district,
        max(CASE WHEN r.precedence = d.place_district THEN h.unknown_district END) AS unknown_district,
        max(CASE WHEN r.precedence = d.place_street THEN h.place_street END) AS place_street,
        max(CASE WHEN r.precedence = d.place_street THEN h.unknown_street END) AS unknown_street,
        max(CASE WHEN r.precedence = d.caller_phone THEN h.caller_hash END) AS caller_hash,
        max(CASE WHEN r.precedence = d.is_valid THEN h.is_valid END) AS is_valid,
        max(CASE WHEN r.precedence = d.is_contacted THEN h.is_contacted END) AS is_contacted,
        max(CASE WHEN r.precedence = d.resolution THEN h.resolution END) AS resolution,
        max(CASE WHEN r.precedence = d.satisfaction THEN h.satisfaction END) AS satisfaction,
        max(CASE WHEN r.precedence = d.scope_tier THEN h.scope_tier END) AS scope_tier,
        max(CASE WHEN r.precedence = d.is_epidemic THEN h.is_epidemic END) AS is_epidemic,
        max(CASE WHEN r.precedence = d.is_company_desk THEN h.is_company_desk END) AS is_company_desk,
        max(CASE WHEN r.precedence = d.praise_form THEN h.praise_form END) AS praise_form,
        -- The kind of unit in the file serves where the register lists none.
        max(CASE WHEN r.precedence = d.unit_type THEN h.unit_type END) AS file_unit_type,
        max(CASE WHEN r.precedence = d.unit_type THEN h.unit END) AS file_unit,
        -- What the kept values were under.
        max(CASE WHEN r.precedence = d.subcategory THEN h.category END) AS subcategory_category,
        max(CASE WHEN r.precedence = d.topic THEN h.category END) AS topic_category,
        max(CASE WHEN r.precedence = d.topic THEN h.subcategory END) AS topic_subcategory,
        max(CASE WHEN r.precedence = d.place_street THEN h.place_district END) AS street_district,
        -- A column of districts may name the street as well.
        max(CASE WHEN r.precedence = d.place_district THEN h.place_street END) AS district_street,
        -- Columns with a cell that could not be read, of the deliveries that give them.
        max(CASE WHEN r.precedence = d.base AND concat(',', h.unread, ',') LIKE '%,received_at,%' THEN 'received_at' END)
            AS unread_received_at,
        max(CASE WHEN r.precedence = d.dispatched_at AND concat(',', h.unread, ',') LIKE '%,dispatched_at,%' THEN 'dispatched_at' END)
            AS unread_dispatched_at,
        max(CASE WHEN r.precedence = d.due_at AND concat(',', h.unread, ',') LIKE '%,due_at,%' THEN 'due_at' END)
            AS unread_due_at,
        max(CASE WHEN r.precedence = d.closed_at AND concat(',', h.unread, ',') LIKE '%,closed_at,%' THEN 'closed_at' END)
            AS unread_closed_at,
        max(CASE WHEN r.precedence = d.record_type AND concat(',', h.unread, ',') LIKE '%,record_type,%' THEN 'record_type' END)
            AS unread_record_type,
        max(
            CASE
                WHEN r.precedence = d.unit_type AND concat(',', h.unread, ',') LIKE '%,unit_type,%'
                    THEN 'unit_type'
            END
        ) AS unread_unit_type,
        max(CASE WHEN r.precedence = d.is_valid AND concat(',', h.unread, ',') LIKE '%,is_valid,%' THEN 'is_valid' END)
            AS unread_is_valid,
        max(CASE WHEN r.precedence = d.is_contacted AND concat(',', h.unread, ',') LIKE '%,is_contacted,%' THEN 'is_contacted' END)
            AS unread_is_contacted,
        max(CASE WHEN r.precedence = d.resolution AND concat(',', h.unread, ',') LIKE '%,resolution,%' THEN 'resolution' END)
            AS unread_resolution,
        max(CASE WHEN r.precedence = d.satisfaction AND concat(',', h.unread, ',') LIKE '%,satisfaction,%' THEN 'satisfaction' END)
            AS unread_satisfaction,
        max(CASE WHEN r.precedence = d.scope_tier AND concat(',', h.unread, ',') LIKE '%,scope_tier,%' THEN 'scope_tier' END)
            AS unread_scope_tier,
        max(CASE WHEN r.precedence = d.is_epidemic AND concat(',', h.unread, ',') LIKE '%,is_epidemic,%' THEN 'is_epidemic' END)
            AS unread_is_epidemic,
        max(CASE WHEN r.precedence = d.is_company_desk AND concat(',', h.unread, ',') LIKE '%,is_company_desk,%' THEN 'is_company_desk' END)
            AS unread_is_company_desk
    FROM dispatch AS d
    JOIN held AS h ON h.year = d.year AND h.month = d.month AND h.record_id = d.record_id
    JOIN source.receipt AS r ON r.receipt = h.receipt
    WHERE
        (h.is_last AND (d.is_last OR h.dispatch_no <= d.dispatch_no))
        OR (NOT h.is_last AND NOT d.is_last AND h.dispatch_no = d.dispatch_no)
    GROUP BY d.year, d.month, d.record_id, d.dispatch_no, d.is_last, d.kept_from
),

sorted_out AS (
    SELECT
        t.*,
        coalesce(t.category, '?') AS category_now,
        CASE
            WHEN t.subcategory_category IN ('?', coalesce(t.category, '?'))
                THEN coalesce(t.subcategory, '?')
            ELSE '?'
        END AS subcategory_now,
        t.handling IS NOT NULL AND t.handling = '直接解答' AS is_answered
    FROM taken AS t
)

SELECT
    t.record_id,
    t.receipt,
    t.dispatch_no,
    t.is_last,
    t.received_at,
    t.dispatched_at,
    t.due_at,
    t.closed_at,
    coalesce(t.record_type, '其他') AS record_type,
    t.category_now AS category,
    t.subcategory_now AS subcategory,
    CASE
        WHEN
            t.topic_category IN ('?', t.category_now)
            AND t.topic_subcategory IN ('?', t.subcategory_now)
            THEN coalesce(t.topic, '?')
        ELSE '?'
    END AS topic,
    coalesce(t.tag, '?') AS tag,
    coalesce(t.status, '?') AS status,
    coalesce(t.channel, '?') AS channel,
    coalesce(t.platform, '?') AS platform,
    coalesce(t.handling, '?') AS handling,
    CASE
        WHEN t.is_answered THEN '?'
        WHEN coalesce(t.unit_type, '?') = '?' AND t.file_unit IN ('?', coalesce(t.unit, '?'))
            THEN coalesce(t.file_unit_type, '?')
        ELSE coalesce(t.unit_type, '?')
    END AS unit_type,
    CASE WHEN t.is_answered THEN '?' ELSE coalesce(t.unit, '?') END AS unit,
    CASE WHEN t.is_answered THEN '?' ELSE coalesce(t.unit_district, '?') END AS unit_district,
    CASE WHEN t.is_answered THEN '?' ELSE coalesce(t.unit_street, '?') END AS unit_street,
    coalesce(t.place_district, '?') AS place_district,
    CASE
        WHEN t.district_street <> '?' THEN t.district_street
        WHEN t.street_district = t.place_district THEN coalesce(t.place_street, '?')
        ELSE '?'
    END AS place_street,
    t.caller_hash,
    t.is_valid,
    t.is_contacted,
    coalesce(t.resolution, '?') AS resolution,
    coalesce(t.satisfaction, '?') AS satisfaction,
    coalesce(t.scope_tier, CAST(0 AS TINYINT)) AS scope_tier,
    t.is_epidemic,
    t.is_company_desk,
    coalesce(t.praise_form, '?') AS praise_form,
    t.unknown_district,
    -- The street that the column of districts names is known.
    CASE
        WHEN t.street_district = t.place_district AND t.district_street IN ('?', t.place_street)
            THEN t.unknown_street
    END AS unknown_street,
    nullif(
        concat_ws(
            ',',
            t.unread_received_at, t.unread_dispatched_at, t.unread_due_at, t.unread_closed_at,
            t.unread_record_type, t.unread_unit_type, t.unread_is_valid, t.unread_is_contacted,
            t.unread_resolution, t.unread_satisfaction, t.unread_scope_tier, t.unread_is_epidemic,
            t.unread_is_company_desk
        ),
        ''
    ) AS unread,
    t.given,
    t.year,
    t.month,
    t.text_receipt,
    t.kept_from
FROM sorted_out AS t
