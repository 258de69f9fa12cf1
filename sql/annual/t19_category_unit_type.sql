-- One row: a type of unit within a category's dispatched records. Key: year, category, rank.
SELECT
    year,
    category,
    row_number() OVER (
        PARTITION BY year, category
        ORDER BY counted.unit_type = '?', counted.record_count DESC, counted.unit_type
    ) AS rank,
    counted.unit_type,
    counted.record_count,
    counted.share_numerator,
    counted.share_denominator,
    counted.share AS unit_type_share,
    counted.is_partial
FROM metric.section_count AS counted
LEFT JOIN metric.category_order AS listed USING (year, category)
WHERE
    counted.counted = 'record_count'
    AND counted.period_type = 'year'
    AND counted.cut = 'category unit_type'
    AND counted.record_count > 0
ORDER BY year, listed.category_order, category, rank
