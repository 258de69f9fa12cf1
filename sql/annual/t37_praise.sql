-- One row: a form of praise. Key: year, rank.
-- is_counted says whether the year's count of praise takes the form in (ref.praise_form).
SELECT
    year,
    row_number() OVER (PARTITION BY year ORDER BY counted.record_count DESC, praise_form) AS rank,
    praise_form,
    counted.record_count,
    coalesce(form.is_counted, FALSE) AS is_counted,
    counted.is_partial
FROM metric.section_count AS counted
LEFT JOIN ref.praise_form AS form USING (praise_form)
WHERE
    counted.counted = 'record_count'
    AND counted.period_type = 'year'
    AND counted.cut = 'record_type praise_form'
    AND counted.record_type = '表扬'
    AND praise_form <> '?'
    AND counted.record_count > 0
ORDER BY year, rank
