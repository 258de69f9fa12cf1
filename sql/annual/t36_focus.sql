-- One row: a matter for next year's attention: much reported and, beyond chance, resolved less
-- than the whole. Key: year, convention, rank.
-- The rule is ours (ref.report_rule): at least the share focus_min_share of all records, at least
-- rank_min_n call-backs, and the upper bound of its Wilson interval below the city's pooled rate.
-- The first focus_count stand here, by the number of call-backs not resolved.
WITH rule AS (
    SELECT
        max(CAST(value AS DECIMAL(18, 8))) FILTER (WHERE rule = 'focus_min_share') AS least_share,
        max(CAST(value AS DECIMAL(18, 8))) FILTER (WHERE rule = 'rank_min_n') AS least_count,
        max(CAST(value AS DECIMAL(18, 8))) FILTER (WHERE rule = 'focus_count') AS most_rows
    FROM ref.report_rule
    WHERE rule IN ('focus_min_share', 'rank_min_n', 'focus_count')
),

part AS (
    SELECT
        figure.scope,
        figure.period,
        figure.category,
        figure.subcategory,
        max(figure.numerator) FILTER (WHERE figure.metric = 'record_count') AS record_count,
        max(figure.numerator) FILTER (WHERE figure.metric = 'unresolved_count')
            AS unresolved_count
    FROM metric.figure AS figure
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'category subcategory'
        AND figure.subcategory <> '?'
        AND figure.metric IN ('record_count', 'unresolved_count')
    GROUP BY figure.scope, figure.period, figure.category, figure.subcategory
),

whole AS (
    SELECT
        figure.scope,
        figure.period,
        max(figure.numerator) AS record_count
    FROM metric.figure AS figure
    WHERE
        figure.period_type = 'year'
        AND figure.cut = 'total'
        AND figure.metric = 'record_count'
    GROUP BY figure.scope, figure.period
),

city AS (
    SELECT scope, period, convention, value AS city_resolution_rate
    FROM metric.figure
    WHERE period_type = 'year' AND cut = 'total' AND metric = 'resolution_rate'
),

rated AS (
    SELECT
        bounded.scope,
        bounded.period,
        bounded.convention,
        bounded.category,
        bounded.subcategory,
        bounded.denominator AS called_back_count,
        bounded.high_rate,
        figure.value AS resolution_rate
    FROM metric.rate_interval AS bounded
    JOIN metric.figure AS figure
        ON
            figure.metric = bounded.metric
            AND figure.convention = bounded.convention
            AND figure.scope = bounded.scope
            AND figure.period_type = bounded.period_type
            AND figure.period = bounded.period
            AND figure.cut = bounded.cut
            AND figure.category = bounded.category
            AND figure.subcategory = bounded.subcategory
    WHERE
        bounded.period_type = 'year'
        AND bounded.metric = 'resolution_rate'
        AND bounded.cut = 'category subcategory'
),

listed AS (
    SELECT
        loaded.year,
        rated.convention,
        row_number() OVER (
            PARTITION BY loaded.year, rated.convention
            ORDER BY part.unresolved_count DESC, part.category, part.subcategory
        ) AS rank,
        part.category,
        part.subcategory,
        part.record_count,
        rated.called_back_count,
        part.unresolved_count,
        rated.resolution_rate,
        city.city_resolution_rate,
        loaded.is_partial
    FROM part
    JOIN ref.scope_use AS used ON used.scope = part.scope AND used.purpose = 'section'
    JOIN whole ON whole.scope = part.scope AND whole.period = part.period
    JOIN rated
        ON
            rated.scope = part.scope
            AND rated.period = part.period
            AND rated.category = part.category
            AND rated.subcategory = part.subcategory
    JOIN city
        ON
            city.scope = part.scope
            AND city.period = part.period
            AND city.convention = rated.convention
    JOIN metric.loaded_year AS loaded ON CAST(loaded.year AS VARCHAR) = part.period
    CROSS JOIN rule
    WHERE
        part.record_count >= rule.least_share * whole.record_count
        AND rated.called_back_count >= rule.least_count
        AND rated.high_rate < city.city_resolution_rate
)

SELECT
    listed.year,
    listed.convention,
    listed.rank,
    listed.category,
    listed.subcategory,
    listed.record_count,
    listed.called_back_count,
    listed.unresolved_count,
    listed.resolution_rate,
    listed.city_resolution_rate,
    listed.is_partial
FROM listed
CROSS JOIN rule
WHERE listed.rank <= rule.most_rows
ORDER BY listed.year, listed.convention, listed.rank
