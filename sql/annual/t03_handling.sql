-- One row: a way of handling, at all desks or at one. Key: year, desk, handling.
-- 合计 is all desks together.
SELECT
    counted.year,
    CASE WHEN counted.desk = '*' THEN '合计' ELSE counted.desk END AS desk,
    counted.handling,
    counted.record_count,
    counted.growth_rate,
    counted.share_numerator,
    counted.share_denominator,
    counted.share AS handling_share,
    counted.is_partial
FROM metric.section_count AS counted
LEFT JOIN ref.member AS known_desk
    ON known_desk.dimension = 'desk' AND known_desk.member = counted.desk
LEFT JOIN ref.member AS known_handling
    ON known_handling.dimension = 'handling' AND known_handling.member = counted.handling
WHERE
    counted.counted = 'record_count'
    AND counted.period_type = 'year'
    AND counted.cut IN ('handling', 'handling desk')
    AND counted.desk <> '?'
ORDER BY
    counted.year,
    counted.desk <> '*',
    known_desk.sort_order NULLS LAST,
    counted.desk,
    counted.handling = '?',
    counted.record_count DESC,
    known_handling.sort_order NULLS LAST,
    counted.handling
