-- One row: a metric or a cut that the records of a period cannot give, or only for some of its
-- months, and the names of the columns that they lack. Key: metric, cut, period_type, period.
-- `*` means every metric or every cut. The audit and the reader of drafts compare nothing
-- printed with what is listed here.
WITH unknown AS (
    SELECT metric, '*' AS cut, period_type, period, needs
    FROM metric.known_period
    WHERE NOT is_known_throughout
    UNION ALL
    SELECT
        replace(metric, '_count', '_share') AS metric, '*' AS cut, period_type, period, needs
    FROM metric.known_period
    WHERE NOT is_known_throughout AND metric LIKE '%_count' AND metric <> 'caller_count'
    UNION ALL
    SELECT rate.metric, '*' AS cut, gap.period_type, gap.period, gap.label AS needs
    FROM metric.column_gap AS gap
    CROSS JOIN (
        SELECT *
        FROM (
            VALUES
            ('response_rate'), ('resolution_rate'), ('satisfaction_rate'), ('satisfaction_gap'),
            ('composite_score'), ('unresolved_count')
        ) AS listed (metric)
    ) AS rate
    WHERE gap.column_name = 'call_back'
    UNION ALL
    SELECT '*' AS metric, cut.cut, gap.period_type, gap.period, gap.label AS needs
    FROM metric.cut AS cut
    JOIN metric.column_gap AS gap
        ON ' ' || cut.cut || ' ' LIKE '% ' || gap.column_name || ' %'
)

SELECT metric, cut, period_type, period, max(needs) AS needs
FROM unknown
GROUP BY metric, cut, period_type, period
