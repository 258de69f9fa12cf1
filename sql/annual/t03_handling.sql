-- One row: a way of handling, at all desks or at one. Key: year, desk, handling.
-- 合计 is all desks together.
WITH printed AS (
    SELECT
        figure.period,
        CASE WHEN figure.desk = '*' THEN '合计' ELSE figure.desk END AS desk,
        figure.handling,
        coalesce(max(figure.numerator) FILTER (WHERE figure.metric = 'record_count'), 0)
            AS record_count,
        max(figure.value) FILTER (WHERE figure.metric = 'growth_record_count') AS growth_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'handling_share') AS share_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'handling_share')
            AS share_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'handling_share') AS handling_share
    FROM metric.figure AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    WHERE
        figure.period_type = 'year'
        AND figure.cut IN ('handling', 'handling desk')
        AND figure.desk <> '?'
        AND figure.metric IN ('record_count', 'handling_share', 'growth_record_count')
    GROUP BY figure.period, figure.desk, figure.handling
)

SELECT
    loaded.year,
    printed.desk,
    printed.handling,
    printed.record_count,
    printed.growth_rate,
    printed.share_numerator,
    printed.share_denominator,
    printed.handling_share,
    loaded.is_partial
FROM printed
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = printed.period
LEFT JOIN ref.member AS known_desk
    ON known_desk.dimension = 'desk' AND known_desk.member = printed.desk
LEFT JOIN ref.member AS known_handling
    ON known_handling.dimension = 'handling' AND known_handling.member = printed.handling
ORDER BY
    loaded.year,
    CASE printed.desk WHEN '合计' THEN 0 ELSE 1 END,
    known_desk.sort_order NULLS LAST,
    printed.desk,
    CASE WHEN printed.handling = '?' THEN 1 ELSE 0 END,
    printed.record_count DESC,
    known_handling.sort_order NULLS LAST,
    printed.handling
