-- One row: a tier of records that a scope counts, in one year. Key: year, scope, scope_tier.
-- The tiers are nested, so a scope adds up the tiers within it; a year without tiers has the one
-- scope `all`. The widest scope is everything received: a stray record without a tier in a year
-- with tiers (tier 0) counts there and nowhere narrower, and sql/check lists it.
WITH loaded AS (
    SELECT year, max(scope_tier) AS widest_tier
    FROM metric.cell
    GROUP BY year
),

rule AS (
    SELECT *
    FROM (
        VALUES
        ('all', 0),
        ('tier1', 1),
        ('tier2', 1),
        ('tier2', 2),
        ('tier3', 0),
        ('tier3', 1),
        ('tier3', 2),
        ('tier3', 3)
    ) AS pair (scope, scope_tier)
)

SELECT
    loaded.year,
    rule.scope,
    rule.scope_tier
FROM loaded
JOIN rule ON (rule.scope = 'all') = (loaded.widest_tier = 0)
