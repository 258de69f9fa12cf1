-- One row: records of a category in the classes of another publication (its name is the
-- convention). Key: the key of metric.figure_value.
-- ref.category_crosswalk says which class a category, or a sub-category of it (`*`: all of them),
-- goes to; a rule for the sub-category wins, and what no rule names keeps its category.
WITH taxonomy AS (
    SELECT DISTINCT taxonomy
    FROM ref.category_crosswalk
),

-- Which class a member goes to.
placed AS (
    SELECT taxonomy.taxonomy, own.cut_key AS own_key, own.cut AS own_cut, class.cut_key
    FROM metric.cut_member AS own
    CROSS JOIN taxonomy
    LEFT JOIN ref.category_crosswalk AS finer
        ON
            finer.taxonomy = taxonomy.taxonomy
            AND finer.category = own.category
            AND finer.subcategory = own.subcategory
    LEFT JOIN ref.category_crosswalk AS coarser
        ON
            coarser.taxonomy = taxonomy.taxonomy
            AND coarser.category = own.category
            AND coarser.subcategory = '*'
    JOIN metric.cut_member AS class
        ON
            class.cut = 'category'
            AND class.category = coalesce(finer.member, coarser.member, own.category)
    WHERE own.cut = 'category subcategory'
)

SELECT
    'crosswalk_count' AS metric,
    placed.taxonomy AS convention,
    tally.scope,
    tally.period_type,
    tally.period,
    placed.cut_key,
    CAST(sum(tally.record_count) AS BIGINT) AS numerator,
    CAST(1 AS BIGINT) AS denominator,
    tally.is_partial OR gap.cut IS NOT NULL AS is_partial
FROM metric.tally AS tally
JOIN placed ON placed.own_key = tally.cut_key
LEFT JOIN metric.cut_gap AS gap
    ON
        gap.cut = placed.own_cut
        AND gap.period_type = tally.period_type
        AND gap.period = tally.period
        AND gap.known_month_count > 0
WHERE tally.metric = 'record_count'
GROUP BY placed.taxonomy, tally.scope, tally.period_type, tally.period, placed.cut_key, 9
