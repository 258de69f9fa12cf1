-- One row: a category's records that concern the epidemic. Key: year, rank.
-- epidemic_share is of the category's own records.
SELECT
    year,
    row_number() OVER (PARTITION BY year ORDER BY category = '?', record_count DESC, category)
        AS rank,
    category,
    record_count,
    share_denominator AS total_count,
    share AS epidemic_share,
    is_partial
FROM metric.section_count
WHERE
    counted = 'record_count'
    AND period_type = 'year'
    AND cut = 'category epidemic'
    AND epidemic = '是'
    AND record_count > 0
ORDER BY year, rank
