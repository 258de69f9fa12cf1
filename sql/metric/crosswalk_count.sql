-- One row: records of a category in the classes of another publication (its name is the
-- convention). Key: the key of metric.figure.
-- ref.category_crosswalk says which class a category, or a sub-category of it (`*`: all of them),
-- goes to; a rule for the sub-category wins, and what no rule names keeps its category.
WITH taxonomy AS (
    SELECT DISTINCT taxonomy
    FROM ref.category_crosswalk
)

SELECT
    'crosswalk_count' AS metric,
    '1' AS method_version,
    taxonomy.taxonomy AS convention,
    tally.scope,
    'received' AS date_basis,
    tally.period_type,
    tally.period,
    '*' AS record_type,
    coalesce(finer.member, coarser.member, tally.category) AS category,
    '*' AS subcategory, '*' AS handling, '*' AS unit_type, '*' AS unit, '*' AS region,
    '*' AS district, '*' AS street, '*' AS channel, '*' AS desk, '*' AS platform,
    '*' AS praise_form, '*' AS epidemic, '*' AS tag,
    CAST(sum(tally.record_count) AS BIGINT) AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    tally.is_partial OR gap.cut IS NOT NULL AS is_partial,
    'category' AS cut
FROM metric.tally AS tally
CROSS JOIN taxonomy
LEFT JOIN ref.category_crosswalk AS finer
    ON
        finer.taxonomy = taxonomy.taxonomy
        AND finer.category = tally.category
        AND finer.subcategory = tally.subcategory
LEFT JOIN ref.category_crosswalk AS coarser
    ON
        coarser.taxonomy = taxonomy.taxonomy
        AND coarser.category = tally.category
        AND coarser.subcategory = '*'
LEFT JOIN metric.cut_gap AS gap
    ON
        gap.cut = tally.cut
        AND gap.period_type = tally.period_type
        AND gap.period = tally.period
        AND gap.known_month_count > 0
WHERE tally.metric = 'record_count' AND tally.cut = 'category subcategory'
GROUP BY
    taxonomy.taxonomy, tally.scope, tally.period_type, tally.period,
    tally.is_partial OR gap.cut IS NOT NULL,
    coalesce(finer.member, coarser.member, tally.category)
