-- One row: a series that had clearly more records than expected in a month, quarter or assessment
-- month: a category, a category in a district, a topic, or all records. Key: period_type, period, rank.
-- computed when asked
-- Only periods whose expected counts were asked for have rows. Where everything rises, what rose no
-- more than the whole city in its peak week is no news of its own, and is left out. record_count and
-- expected_count are over the surging weeks (week_count), peak_ is the week with the largest excess:
-- its count, what was expected, and the interval from peak_lower_count to peak_upper_count.
SELECT
    surge.period_type,
    surge.period,
    row_number() OVER (
        PARTITION BY surge.period_type, surge.period
        ORDER BY
            surge.excess_count DESC,
            surge.cut, surge.category, surge.subcategory, surge.topic, surge.district
    ) AS rank,
    surge.cut,
    surge.category,
    surge.subcategory,
    surge.topic,
    surge.district,
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
    surge.peak_city_ratio,
    surge.adjusted_p_value,
    surge.is_new,
    surge.is_city_wide,
    surge.method
FROM metric.surge AS surge
JOIN ref.scope_use AS used ON used.scope = surge.scope AND used.purpose = 'section'
WHERE
    surge.cut = 'total'
    OR surge.is_new
    OR surge.peak_city_ratio IS NULL
    OR surge.peak_record_count > surge.peak_expected_count * surge.peak_city_ratio
ORDER BY surge.period_type, surge.period, rank
