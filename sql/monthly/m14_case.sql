-- One row: a typical case of a month, quarter or assessment month. Key: period_type, period, list_number.
-- One from each of the three largest topics of the largest category, resolved by the citizen's own
-- word and drawn by lot (metric.case_drawn). record_id finds its masked text; nothing here names a
-- person.
SELECT
    period_type,
    period,
    drawn.list_number,
    drawn.record_id,
    drawn.category,
    drawn.subcategory,
    drawn.topic,
    drawn.topic_count,
    CAST(drawn.received_at AS DATE) AS received_on,
    CAST(drawn.closed_at AS DATE) AS closed_on,
    drawn.district,
    drawn.unit_type,
    drawn.unit,
    drawn.satisfaction,
    reported.is_partial
FROM metric.case_drawn AS drawn
JOIN metric.reported_period AS reported USING (period_type, period, scope)
ORDER BY period_type, period, drawn.list_number
