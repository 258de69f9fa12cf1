-- One row: the counts of the days that a comparison takes of a month of which it does not take all, in
-- a member of a cut: of the month itself, or of the one that it is compared with (is_before).
-- Key: month_type, months_before, scope, year, month, is_before, metric, cut, and the dimensions
-- from record_type to topic.
-- year and month are those of the later month. Months that are compared wholly are in metric.tally.
WITH wanted AS (
    SELECT *
    FROM (
        VALUES
        ('record_count', 'total'),
        ('record_count', 'record_type'),
        ('record_count', 'category'),
        ('record_count', 'category subcategory'),
        ('record_count', 'record_type category'),
        ('record_count', 'handling'),
        ('record_count', 'channel'),
        ('record_count', 'handling channel'),
        ('record_count', 'category handling'),
        ('record_count', 'handling desk'),
        ('record_count', 'desk'),
        ('record_count', 'unit_type'),
        ('record_count', 'epidemic'),
        ('record_count', 'tag'),
        ('record_count', 'category subcategory topic'),
        ('record_count', 'unit_type district street'),
        ('district_handled_count', 'total'),
        ('district_handled_count', 'region'),
        ('district_handled_count', 'district'),
        ('place_count', 'record_type district'),
        ('redispatched_count', 'total'),
        ('repeat_call_count', 'total'),
        ('reopened_count', 'total'),
        ('mass_matter_count', 'total'),
        ('copied_text_count', 'total')
    ) AS listed (metric, cut)
),

-- What the days of a cut month count, as metric.tally puts the parts of a month together.
counted AS (
    SELECT
        make_date(cell.year, cell.month, cell.month_part) AS received_on, cell.scope_tier,
        cell.metric, cell.cut, cell.record_type, cell.category, cell.subcategory, cell.handling,
        cell.unit_type, cell.unit, cell.region, cell.district, cell.street, cell.channel, cell.desk,
        cell.platform, cell.praise_form, cell.epidemic, cell.tag, '*' AS topic,
        cell.record_count, cell.called_back_count, cell.contacted_count, cell.resolved_count,
        cell.satisfied_count, cell.basically_satisfied_count
    FROM metric.day_cell AS cell
    JOIN wanted ON wanted.metric = cell.metric AND wanted.cut = cell.cut
    UNION ALL
    SELECT
        day.received_on, day.scope_tier,
        'record_count' AS metric, 'category subcategory topic' AS cut,
        '*' AS record_type, day.category, day.subcategory, '*' AS handling,
        '*' AS unit_type, '*' AS unit, '*' AS region, '*' AS district, '*' AS street,
        '*' AS channel, '*' AS desk,
        '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag, day.topic,
        day.record_count,
        NULL AS called_back_count,
        NULL AS contacted_count,
        NULL AS resolved_count,
        NULL AS satisfied_count,
        NULL AS basically_satisfied_count
    FROM metric.day_count AS day
    JOIN metric.cut_month AS month ON month.year = day.year AND month.month = day.month
    WHERE day.district = '*'
    UNION ALL
    SELECT
        cell.received_on, cell.scope_tier, cell.metric, 'total' AS cut,
        '*' AS record_type, '*' AS category, '*' AS subcategory, '*' AS handling,
        '*' AS unit_type, '*' AS unit, '*' AS region, '*' AS district, '*' AS street,
        '*' AS channel, '*' AS desk,
        '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag, '*' AS topic,
        cell.record_count,
        NULL AS called_back_count,
        NULL AS contacted_count,
        NULL AS resolved_count,
        NULL AS satisfied_count,
        NULL AS basically_satisfied_count
    FROM metric.repeat_cell AS cell
    JOIN metric.cut_month AS month ON month.year = cell.year AND month.month = cell.month
),

-- The days of a comparison and the tiers of its scope.
placed AS (
    SELECT day.*, scope.scope_tier, used.scope IS NOT NULL AS is_section
    FROM metric.compared_day AS day
    JOIN metric.scope AS scope
        ON scope.scope = day.scope AND scope.year = extract(YEAR FROM day.received_on)
    LEFT JOIN ref.scope_use AS used ON used.scope = day.scope AND used.purpose = 'section'
    WHERE NOT day.is_whole
)

SELECT
    placed.month_type, placed.months_before, placed.scope, placed.year, placed.month,
    placed.is_before,
    counted.metric, counted.cut,
    counted.record_type, counted.category, counted.subcategory, counted.handling,
    counted.unit_type, counted.unit, counted.region, counted.district, counted.street,
    counted.channel, counted.desk, counted.platform, counted.praise_form, counted.epidemic,
    counted.tag, counted.topic,
    CAST(sum(counted.record_count) AS BIGINT) AS record_count,
    CAST(sum(counted.called_back_count) AS BIGINT) AS called_back_count,
    CAST(sum(counted.contacted_count) AS BIGINT) AS contacted_count,
    CAST(sum(counted.resolved_count) AS BIGINT) AS resolved_count,
    CAST(sum(counted.satisfied_count) AS BIGINT) AS satisfied_count,
    CAST(sum(counted.basically_satisfied_count) AS BIGINT) AS basically_satisfied_count
FROM counted
JOIN placed
    ON placed.received_on = counted.received_on AND placed.scope_tier = counted.scope_tier
WHERE
    -- The cuts that metric.tally holds of the two kinds of months.
    (
        placed.month_type = 'month'
        OR counted.cut IN ('total', 'handling', 'channel', 'handling channel')
        OR placed.is_section
        AND counted.cut IN (
            'record_type', 'category', 'category subcategory', 'category subcategory topic',
            'unit_type', 'unit_type district street', 'region', 'district'
        )
    )
    AND (counted.topic = '*' OR placed.is_section)
GROUP BY ALL
