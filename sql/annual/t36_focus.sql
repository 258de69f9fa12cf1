-- One row: a matter for next year's attention: much reported and, beyond chance, resolved less
-- than the whole. Key: year, convention, rank.
-- The rule is ours (ref.report_rule): at least the share focus_min_share of all records, at least
-- rank_min_n call-backs, and the upper bound of its Wilson interval below the city's pooled rate.
-- The first focus_count are here, by the number of call-backs not resolved.
WITH rule AS (
    SELECT
        max(CAST(value AS DECIMAL(18, 8))) FILTER (WHERE rule = 'focus_min_share') AS least_share,
        max(CAST(value AS DECIMAL(18, 8))) FILTER (WHERE rule = 'rank_min_n') AS least_count,
        max(CAST(value AS DECIMAL(18, 8))) FILTER (WHERE rule = 'focus_count') AS most_rows
    FROM ref.report_rule
    WHERE rule IN ('focus_min_share', 'rank_min_n', 'focus_count')
),

city AS (
    SELECT
        scope, period, rate.convention, whole.record_count,
        rate.resolution_rate AS city_resolution_rate
    FROM metric.section_count AS whole
    JOIN metric.section_rate AS rate USING (scope, period_type, period, cut)
    WHERE whole.counted = 'record_count' AND cut = 'total'
),

listed AS (
    SELECT
        part.year,
        convention,
        row_number() OVER (
            PARTITION BY part.year, convention
            ORDER BY unresolved.record_count DESC, category, subcategory
        ) AS rank,
        category,
        subcategory,
        part.record_count,
        bounded.denominator AS called_back_count,
        unresolved.record_count AS unresolved_count,
        rate.resolution_rate,
        city.city_resolution_rate,
        part.is_partial
    FROM metric.section_count AS part
    JOIN metric.section_count AS unresolved
        USING (scope, period_type, period, cut, category, subcategory)
    JOIN metric.section_rate AS rate
        USING (scope, period_type, period, cut, category, subcategory)
    JOIN metric.cut_member USING (cut, category, subcategory)
    JOIN metric.rate_interval AS bounded
        USING (scope, period_type, period, cut_key, convention)
    JOIN city USING (scope, period, convention)
    CROSS JOIN rule
    WHERE
        part.counted = 'record_count'
        AND unresolved.counted = 'unresolved_count'
        AND period_type = 'year'
        AND cut = 'category subcategory'
        AND subcategory <> '?'
        AND bounded.metric = 'resolution_rate'
        AND part.record_count >= rule.least_share * city.record_count
        AND bounded.denominator >= rule.least_count
        AND bounded.high_rate < city.city_resolution_rate
)

SELECT listed.*
FROM listed
CROSS JOIN rule
WHERE listed.rank <= rule.most_rows
ORDER BY listed.year, listed.convention, listed.rank
