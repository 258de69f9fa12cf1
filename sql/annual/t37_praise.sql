-- One row: a form of praise. Key: year, rank.
-- is_counted says whether the year's count of praise takes the form in (ref.praise_form).
WITH printed AS (
    SELECT
        figure.period,
        figure.praise_form,
        figure.numerator AS record_count
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'record_type praise_form'
        AND figure.record_type = '表扬'
        AND figure.praise_form <> '?'
        AND figure.metric = 'record_count'
)

SELECT
    loaded.year,
    row_number() OVER (
        PARTITION BY printed.period
        ORDER BY printed.record_count DESC, printed.praise_form
    ) AS rank,
    printed.praise_form,
    printed.record_count,
    coalesce(form.is_counted, FALSE) AS is_counted,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
LEFT JOIN ref.praise_form AS form ON form.praise_form = printed.praise_form
ORDER BY loaded.year, rank
