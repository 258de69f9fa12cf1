-- One row: a type of records in a month, quarter or assessment month. Key: period_type, period, rank.
-- The share is of all records, those of no known type included.
-- Columns: share_numerator over share_denominator is the share; previous_ is the period before, before_
-- the same one of the year before (null where they cannot be compared); is_from_zero and is_gone mark
-- the former, is_from_zero_in_year and is_gone_in_year of the latter: from zero there is no rate.
SELECT
    period_type,
    period,
    changed.rank,
    changed.record_type,
    changed.record_count,
    changed.record_count AS share_numerator,
    changed.whole_count AS share_denominator,
    changed.record_share AS type_share,
    changed.previous_count,
    changed.previous_growth_rate,
    changed.before_count,
    changed.growth_rate,
    changed.previous_rank,
    changed.is_from_zero,
    changed.is_gone,
    changed.is_from_zero_in_year,
    changed.is_gone_in_year,
    reported.is_partial
FROM metric.changed AS changed
JOIN metric.section_period AS reported USING (period_type, period, scope)
WHERE changed.metric = 'record_count' AND changed.cut = 'record_type'
ORDER BY period_type, period, changed.rank NULLS LAST
