-- One row: a subcategory of a month, quarter or assessment month, or the rest of the list.
-- Key: period_type, period, rank, is_rest.
-- The list is over all categories; category_rank is the place within its own, and share is of all
-- records.
-- All members are here, is_rest FALSE, and sum to the total; so do those that are listed and the one
-- row of the rest (其他, is_rest).
-- Columns: share_numerator over share_denominator is the share; previous_ is the period before, before_
-- the same one of the year before (null where they cannot be compared); is_from_zero and is_gone mark
-- the former, is_from_zero_in_year and is_gone_in_year of the latter: from zero there is no rate.
-- is_new: none in the twelve months before either (metric.new_member).
SELECT
    period_type,
    period,
    changed.rank,
    category,
    subcategory,
    changed.is_listed,
    changed.is_rest,
    changed.record_count,
    changed.record_count AS share_numerator,
    changed.whole_count AS share_denominator,
    changed.record_share AS record_share,
    CASE
        WHEN NOT changed.is_rest
            THEN row_number() OVER (
                PARTITION BY period_type, period, category, changed.is_rest
                ORDER BY changed.rank
            )
    END AS category_rank,
    changed.previous_count,
    changed.previous_growth_rate,
    changed.before_count,
    changed.growth_rate,
    changed.previous_rank,
    fresh.reference_month_count IS NOT NULL AND NOT changed.is_rest AS is_new,
    CASE WHEN NOT changed.is_rest THEN fresh.reference_month_count END AS reference_month_count,
    changed.is_from_zero,
    changed.is_gone,
    changed.is_from_zero_in_year,
    changed.is_gone_in_year,
    reported.is_partial
FROM metric.changed AS changed
JOIN metric.section_period AS reported USING (period_type, period, scope)
LEFT JOIN metric.new_member AS fresh
    USING (period_type, period, scope, cut, category, subcategory)
WHERE changed.metric = 'record_count' AND cut = 'category subcategory'
ORDER BY period_type, period, changed.rank NULLS LAST
