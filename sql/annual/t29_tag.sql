-- One row: a tag of the seven provisions and five qualities, with its rates. Key: year, rank.
-- Ranked by volume; records without a tag (`?`) come last. Rates are of the dispatched records.
-- A dump without the column has one tag, the unknown: that is no table.
WITH counted AS (
    SELECT *, bool_or(tag <> '?') OVER (PARTITION BY year) AS is_known
    FROM metric.section_count
    WHERE counted = 'record_count' AND period_type = 'year' AND cut = 'tag'
),

rated AS (
    SELECT
        year,
        tag,
        max(called_back_count) AS called_back_count,
        max(response_rate) AS response_rate,
        max(resolution_rate) AS resolution_rate,
        max(satisfaction_rate) AS satisfaction_rate,
        bool_or(is_partial) AS is_partial
    FROM metric.section_rate
    WHERE period_type = 'year' AND cut = 'tag'
    GROUP BY year, tag
)

SELECT
    year,
    row_number() OVER (PARTITION BY year ORDER BY tag = '?', counted.record_count DESC, tag)
        AS rank,
    tag,
    counted.record_count,
    counted.growth_rate,
    counted.share AS tag_share,
    rated.called_back_count,
    rated.response_rate,
    rated.resolution_rate,
    rated.satisfaction_rate,
    counted.is_partial OR coalesce(rated.is_partial, FALSE) AS is_partial
FROM counted
LEFT JOIN rated USING (year, tag)
WHERE counted.is_known
ORDER BY year, rank
