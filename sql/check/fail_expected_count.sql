-- title: 预期件数必须是有限的数,且不得高于全市同周的件数与预期区间的上限
-- example: {category} {subcategory} {topic} {district} 截至 {last_on} 一周预期 {expected_count}
-- One row: a week of a series whose expectation cannot be. Key: last_on, cut, category, subcategory,
-- topic, district.
-- computed when asked
-- Run on the expected counts of a period before they are kept (pipeline/surge): what fails is not
-- printed. A part of the city is never expected to exceed the whole of it, be that what came, what was
-- expected, or the upper end of its interval.
WITH city AS (
    SELECT
        period_type, period, last_on,
        greatest(record_count, upper_count, expected_count) AS most_count
    FROM model.expected_count
    WHERE cut = 'total' AND method <> 'none'
)

SELECT
    series.last_on,
    series.cut,
    series.category,
    series.subcategory,
    series.topic,
    series.district,
    series.expected_count
FROM model.expected_count AS series
LEFT JOIN city
    ON
        city.period_type = series.period_type
        AND city.period = series.period
        AND city.last_on = series.last_on
WHERE
    series.method <> 'none'
    AND (
        series.expected_count IS NULL
        OR series.lower_count IS NULL
        OR series.upper_count IS NULL
        -- What is no number compares as larger than any.
        OR NOT series.expected_count BETWEEN 0 AND 1000000000000
        OR series.lower_count < 0
        OR series.upper_count < series.lower_count
        OR series.expected_count > city.most_count
    )
