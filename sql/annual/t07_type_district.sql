-- One row: records of a type by the district where the matter is. Key: year, record_type, rank.
-- The place, not the unit: answers on the spot count too. `?` where the place is not known. 合计 is
-- all types together.
SELECT
    place.year,
    CASE WHEN place.record_type = '*' THEN '合计' ELSE place.record_type END AS record_type,
    row_number() OVER (
        PARTITION BY place.year, place.record_type
        ORDER BY place.district = '?', place.record_count DESC, place.district
    ) AS rank,
    place.district,
    place.record_count,
    place.is_partial
FROM metric.section_count AS place
LEFT JOIN ref.member AS known
    ON known.dimension = 'record_type' AND known.member = place.record_type
WHERE
    place.counted = 'place_count'
    AND place.period_type = 'year'
    AND place.cut IN ('district', 'record_type district')
ORDER BY
    place.year,
    CASE place.record_type WHEN '*' THEN 0 WHEN '?' THEN 2 ELSE 1 END,
    known.sort_order NULLS LAST,
    place.record_type,
    rank
