-- One row: the rates of a subcategory, the year's matters by how far they were resolved.
-- Key: year, convention, rank.
-- Ranked by resolution, ties by volume; one with fewer call-backs than rank_min_n is left out.
SELECT
    year,
    convention,
    row_number() OVER (
        PARTITION BY year, convention
        ORDER BY resolution_rate DESC, resolution_denominator DESC, category, subcategory
    ) AS rank,
    category,
    subcategory,
    resolution_numerator,
    resolution_denominator,
    resolution_rate,
    satisfaction_rate,
    is_partial
FROM metric.section_rate
CROSS JOIN ref.report_rule AS rule
WHERE
    period_type = 'year'
    AND cut = 'category subcategory'
    AND subcategory <> '?'
    AND rule.rule = 'rank_min_n'
    AND resolution_denominator >= CAST(rule.value AS BIGINT)
ORDER BY year, convention, rank
