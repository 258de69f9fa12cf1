-- One row: the records that do, or do not, concern the epidemic. Key: year, epidemic.
-- Rates are of the flag's own call-backs. A dump without the flag has no rows here.
WITH rated AS (
    SELECT
        year,
        epidemic,
        max(called_back_count) AS called_back_count,
        max(response_rate) AS response_rate,
        max(resolution_rate) AS resolution_rate,
        max(satisfaction_rate) AS satisfaction_rate,
        bool_or(is_partial) AS is_partial
    FROM metric.section_rate
    WHERE period_type = 'year' AND cut = 'epidemic'
    GROUP BY year, epidemic
),

direct AS (
    SELECT year, epidemic, record_count, share
    FROM metric.section_count
    WHERE
        counted = 'record_count'
        AND period_type = 'year'
        AND cut = 'handling epidemic'
        AND handling = '直接解答'
        AND record_count > 0
)

SELECT
    year,
    epidemic,
    counted.record_count,
    counted.growth_rate,
    counted.share AS epidemic_share,
    direct.record_count AS direct_count,
    direct.share AS direct_share,
    rated.called_back_count,
    rated.response_rate,
    rated.resolution_rate,
    rated.satisfaction_rate,
    counted.is_partial OR coalesce(rated.is_partial, FALSE) AS is_partial
FROM metric.section_count AS counted
LEFT JOIN direct USING (year, epidemic)
LEFT JOIN rated USING (year, epidemic)
WHERE
    counted.counted = 'record_count'
    AND counted.period_type = 'year'
    AND counted.cut = 'epidemic'
    AND epidemic <> '?'
ORDER BY year, epidemic <> '是'
