-- One row: a year on one of its scopes, where it has several. Key: year, scope.
-- What each scope counts, how much that is and which figures use it.
SELECT
    loaded.year,
    figure.scope,
    named.counted AS scope_counted,
    figure.numerator AS record_count,
    named.used_by AS scope_used_by,
    loaded.is_partial
FROM metric.figure AS figure
JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS STRING) = figure.period
LEFT JOIN ref.scope AS named ON named.scope = figure.scope
WHERE
    figure.period_type = 'year'
    AND figure.metric = 'record_count'
    AND figure.cut = 'total'
    AND figure.scope <> 'all'
ORDER BY loaded.year, named.sort_order NULLS LAST, figure.scope
