-- One row: the three rates of a district and its streets on one tag. Key: year, tag, rank.
-- Ranked by resolution, ties by volume. Tags are ordered by volume, those of nobody (`?`) are left out.
WITH printed AS (
    SELECT
        year,
        tag,
        district,
        max(called_back_count) AS called_back_count,
        max(response_rate) AS response_rate,
        max(resolution_rate) AS resolution_rate,
        max(satisfaction_rate) AS satisfaction_rate,
        bool_or(is_partial) AS is_partial
    FROM metric.section_rate
    WHERE period_type = 'year' AND cut = 'district tag' AND tag <> '?' AND district <> '?'
    GROUP BY year, tag, district
)

SELECT
    printed.year,
    printed.tag,
    row_number() OVER (
        PARTITION BY printed.year, printed.tag
        ORDER BY printed.resolution_rate DESC, printed.called_back_count DESC, printed.district
    ) AS rank,
    printed.district,
    printed.called_back_count,
    printed.response_rate,
    printed.resolution_rate,
    printed.satisfaction_rate,
    printed.is_partial
FROM printed
LEFT JOIN metric.section_count AS volume
    ON
        volume.year = printed.year
        AND volume.tag = printed.tag
        AND volume.counted = 'record_count'
        AND volume.period_type = 'year'
        AND volume.cut = 'tag'
ORDER BY printed.year, coalesce(volume.record_count, 0) DESC, printed.tag, rank
