-- One row: one of the largest categories, its satisfaction against its resolution.
-- Key: year, convention, rank.
-- How many categories is a rule (top_category_count). The gap is satisfaction less resolution.
SELECT
    year,
    rated.convention,
    listed.category_order AS rank,
    category,
    listed.record_count,
    rated.resolution_denominator AS called_back_count,
    rated.resolution_rate,
    rated.satisfaction_rate,
    rated.satisfaction_gap,
    rated.is_partial
FROM metric.section_rate AS rated
JOIN metric.category_order AS listed USING (year, category)
CROSS JOIN ref.report_rule AS rule
WHERE
    rated.period_type = 'year'
    AND rated.cut = 'category'
    AND category <> '?'
    AND listed.record_count > 0
    AND rule.rule = 'top_category_count'
    AND listed.category_order <= CAST(rule.value AS BIGINT)
ORDER BY year, rated.convention, rank
