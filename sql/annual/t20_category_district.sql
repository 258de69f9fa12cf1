-- One row: a district's part of what all districts handled of a category.
-- Key: year, category, rank.
SELECT
    year,
    category,
    row_number() OVER (
        PARTITION BY year, category
        ORDER BY handled.district = '?', handled.record_count DESC, handled.district
    ) AS rank,
    handled.district,
    handled.record_count,
    handled.share_numerator,
    handled.share_denominator,
    handled.share AS category_district_share,
    handled.is_partial
FROM metric.section_count AS handled
LEFT JOIN metric.category_order AS listed USING (year, category)
WHERE
    handled.counted = 'district_handled_count'
    AND handled.period_type = 'year'
    AND handled.cut = 'category district'
    AND handled.record_count > 0
ORDER BY year, listed.category_order, category, rank
