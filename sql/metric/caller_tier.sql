-- One row: callers of a year who called in the same tiers, as far as scopes ask.
-- Key: year, has_untiered, narrowest_tier.
-- materialised per year
-- Callers do not add up over months or tiers, so this goes back to the records of whole years: each
-- caller once per year with the narrowest tier he called in, which puts him in every scope from
-- there on, and whether he called without a tier (0). A record without a caller's number is nobody's.
WITH caller AS (
    SELECT
        year, caller_hash,
        min(CASE WHEN scope_tier > 0 THEN scope_tier END) AS narrowest_tier,
        min(scope_tier) AS least_tier
    FROM core.record
    WHERE caller_hash IS NOT NULL
    GROUP BY year, caller_hash
)

SELECT
    year,
    coalesce(least_tier = 0, FALSE) AS has_untiered,
    narrowest_tier,
    count(*) AS caller_count
FROM caller
GROUP BY year, coalesce(least_tier = 0, FALSE), narrowest_tier
