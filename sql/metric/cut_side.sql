-- One row: the counts of the days that a comparison takes of a month of which it does not take all, in
-- a member of a cut: of the month itself, or of the one that it is compared with (is_before).
-- Key: month_type, months_before, scope, year, month, is_before, metric, cut_key (metric.cut_member).
-- year and month are those of the later month. Months that are compared wholly are in metric.tally.
WITH wanted AS (
    SELECT
        listed.metric,
        member.cut_key,
        member.topic,
        listed.is_in_bulletin
        AND cut IN ('total', 'handling', 'channel', 'handling channel') AS is_for_all_scopes,
        listed.is_in_bulletin AS is_for_sections
    FROM metric.compared_cut AS listed
    JOIN metric.cut_member AS member USING (cut)
),

-- What the days of a cut month count, as metric.tally puts the parts of a month together.
counted AS (
    SELECT
        make_date(cell.year, cell.month, cell.month_part) AS received_on, cell.scope_tier,
        cell.metric, member.cut_key,
        cell.record_count, cell.called_back_count, cell.contacted_count, cell.resolved_count,
        cell.satisfied_count, cell.basically_satisfied_count
    FROM metric.shown_day_cell AS cell
    JOIN metric.cut_member AS member
        ON
            member.cut = cell.cut
            AND member.record_type = cell.record_type
            AND member.category = cell.shown_category
            AND member.subcategory = cell.shown_subcategory
            AND member.handling = cell.shown_handling
            AND member.unit_type = cell.unit_type
            AND member.unit = cell.shown_unit
            AND member.region = cell.region
            AND member.district = cell.shown_district
            AND member.street = cell.shown_street
            AND member.channel = cell.shown_channel
            AND member.desk = cell.desk
            AND member.platform = cell.shown_platform
            AND member.praise_form = cell.shown_praise_form
            AND member.epidemic = cell.epidemic
            AND member.tag = cell.shown_tag
    UNION ALL
    SELECT
        day.received_on, day.scope_tier, 'record_count' AS metric, member.cut_key,
        day.record_count,
        NULL AS called_back_count,
        NULL AS contacted_count,
        NULL AS resolved_count,
        NULL AS satisfied_count,
        NULL AS basically_satisfied_count
    FROM metric.shown_day_count AS day
    JOIN metric.cut_month AS month ON month.year = day.year AND month.month = day.month
    JOIN metric.cut_member AS member USING (category, subcategory, topic)
    WHERE day.district = '*' AND member.cut = 'category subcategory topic'
    UNION ALL
    SELECT
        cell.received_on, cell.scope_tier, cell.metric, member.cut_key,
        cell.record_count,
        NULL AS called_back_count,
        NULL AS contacted_count,
        NULL AS resolved_count,
        NULL AS satisfied_count,
        NULL AS basically_satisfied_count
    FROM metric.repeat_cell AS cell
    JOIN metric.cut_month AS month ON month.year = cell.year AND month.month = cell.month
    JOIN metric.cut_member AS member ON member.cut = 'total'
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
    placed.is_before, metric, cut_key,
    CAST(sum(counted.record_count) AS BIGINT) AS record_count,
    CAST(sum(counted.called_back_count) AS BIGINT) AS called_back_count,
    CAST(sum(counted.contacted_count) AS BIGINT) AS contacted_count,
    CAST(sum(counted.resolved_count) AS BIGINT) AS resolved_count,
    CAST(sum(counted.satisfied_count) AS BIGINT) AS satisfied_count,
    CAST(sum(counted.basically_satisfied_count) AS BIGINT) AS basically_satisfied_count
FROM counted
JOIN wanted USING (metric, cut_key)
JOIN placed USING (received_on, scope_tier)
-- The cuts that metric.tally holds of the two kinds of months, and topics of sections alone.
WHERE
    (
        placed.month_type = 'month'
        OR wanted.is_for_all_scopes
        OR placed.is_section AND wanted.is_for_sections
    )
    AND (wanted.topic = '*' OR placed.is_section)
GROUP BY
    placed.month_type, placed.months_before, placed.scope, placed.year, placed.month,
    placed.is_before, metric, cut_key
