-- One row: an enterprise (state-owned or e-commerce) and what it handled.
-- Key: year, unit_type, rank.
SELECT
    counted.year,
    counted.unit_type,
    row_number() OVER (
        PARTITION BY counted.year, counted.unit_type
        ORDER BY counted.unit = '?', counted.record_count DESC, counted.unit
    ) AS rank,
    counted.unit,
    counted.record_count,
    counted.is_partial
FROM metric.section_count AS counted
LEFT JOIN ref.member AS known
    ON known.dimension = 'unit_type' AND known.member = counted.unit_type
WHERE
    counted.counted = 'record_count'
    AND counted.period_type = 'year'
    AND counted.cut = 'unit_type unit'
    AND counted.unit_type IN ('国有企业', '电商企业')
    AND counted.record_count > 0
ORDER BY counted.year, known.sort_order NULLS LAST, counted.unit_type, rank
