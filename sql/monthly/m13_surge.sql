-- One row: a series that had clearly more records than expected in a month, quarter or assessment
-- month: a category, a category in a district, a topic, or all records. Key: period_type, period, rank.
-- computed when asked
-- Only periods whose expected counts were asked for have rows. First the matters (alarm_number, see
-- metric.surge), the first of which are listed on paper (rule surge_list_count), then the other series
-- of the same matters, and all records. record_count and expected_count are over the surging weeks
-- (week_count), peak_ is the week with the largest excess: its count, what was expected (what
-- everything rose by, peak_common_ratio, included), and the interval from peak_lower_count to
-- peak_upper_count. method is how it was expected: season, or recent (of the latest weeks).
SELECT
    surge.period_type,
    surge.period,
    row_number() OVER (
        PARTITION BY surge.period_type, surge.period
        ORDER BY
            surge.alarm_number NULLS LAST,
            surge.excess_count DESC,
            surge.cut, surge.category, surge.subcategory, surge.topic, surge.district
    ) AS rank,
    surge.alarm_number,
    surge.alarm_number IS NOT NULL AS is_alarm,
    coalesce(
        surge.alarm_number <= CAST(rule.value AS BIGINT), surge.alarm_number IS NOT NULL
    ) AS is_listed,
    surge.cut,
    surge.category,
    surge.subcategory,
    surge.topic,
    surge.district,
    surge.other_count,
    surge.week_count,
    surge.first_on,
    surge.last_on,
    surge.record_count,
    surge.expected_count,
    surge.excess_count,
    surge.peak_first_on,
    surge.peak_last_on,
    surge.peak_record_count,
    surge.peak_expected_count,
    surge.peak_lower_count,
    surge.peak_upper_count,
    surge.peak_common_ratio,
    surge.adjusted_p_value,
    surge.is_new,
    surge.is_city_wide,
    surge.method
FROM metric.surge AS surge
JOIN ref.scope_use AS used ON used.scope = surge.scope AND used.purpose = 'section'
LEFT JOIN ref.report_rule AS rule ON rule.rule = 'surge_list_count'
ORDER BY surge.period_type, surge.period, rank
