-- One row: a typical case of a month, quarter or assessment month that somebody has released.
-- Key: period_type, period, list_number.
-- Of each of the three largest topics of the largest category one is drawn by lot, resolved by the
-- citizen's own word (metric.case_drawn); those are printed that ref.released_case names, in its words
-- or in the masked text that record_id finds. Without a release there is no case.
WITH released AS (
    SELECT DISTINCT record_id
    FROM ref.released_case
)

SELECT
    period_type,
    period,
    row_number() OVER (PARTITION BY period_type, period ORDER BY drawn.list_number) AS list_number,
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
JOIN released ON released.record_id = drawn.record_id
JOIN metric.reported_period AS reported USING (period_type, period, scope)
ORDER BY period_type, period, drawn.list_number
