-- One row: a member of a cut in a year or month on the scope of printed sections: its count, changes
-- and share side by side. Key: counted, period_type, period, and the dimensions from record_type to
-- tag.
-- counted names the count: record_count, district_handled_count, place_count or unresolved_count. A
-- member that is compared but has no records has 0. share is the one of metric.share for this cut; month_share is
-- of the year_count, what the months of the year add up to. Both are null where there is none.
-- is_partial: the year, or what is counted in it, is.
WITH beside AS (
    SELECT
        loaded.year,
        figure.scope,
        figure.period_type,
        figure.period,
        CASE
            WHEN figure.metric LIKE '%district_handled_count' THEN 'district_handled_count'
            WHEN figure.metric IN ('region_share', 'category_district_share')
                THEN 'district_handled_count'
            WHEN figure.metric IN ('place_count', 'unresolved_count') THEN figure.metric
            ELSE 'record_count'
        END AS counted,
        figure.cut_key,
        coalesce(
            max(figure.numerator) FILTER (
                WHERE figure.metric LIKE '%_count' AND figure.metric NOT LIKE 'growth%'
            ),
            0
        ) AS record_count,
        max(figure.value) FILTER (
            WHERE figure.metric IN ('growth_record_count', 'growth_district_handled_count')
        ) AS growth_rate,
        max(figure.value) FILTER (WHERE figure.metric LIKE 'growth_previous%') AS previous_growth_rate,
        max(figure.numerator) FILTER (
            WHERE figure.metric LIKE '%_share' AND figure.metric <> 'month_share'
        ) AS share_numerator,
        max(figure.denominator) FILTER (
            WHERE figure.metric LIKE '%_share' AND figure.metric <> 'month_share'
        ) AS share_denominator,
        max(figure.value) FILTER (
            WHERE figure.metric LIKE '%_share' AND figure.metric <> 'month_share'
        ) AS share,
        max(figure.denominator) FILTER (WHERE figure.metric = 'month_share') AS year_count,
        max(figure.value) FILTER (WHERE figure.metric = 'month_share') AS month_share,
        bool_or(loaded.is_partial OR figure.is_partial AND figure.metric NOT LIKE 'growth%')
            AS is_partial
    FROM metric.figure_value AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    JOIN metric.loaded_year AS loaded
        ON CAST(loaded.year AS STRING) = substring(figure.period, 1, 4)
    WHERE
        figure.period_type IN ('year', 'month')
        AND figure.metric IN (
            'record_count', 'district_handled_count', 'place_count', 'unresolved_count',
            'growth_record_count', 'growth_district_handled_count',
            'growth_previous_record_count', 'growth_previous_district_handled_count',
            'channel_share', 'platform_share', 'handling_share', 'epidemic_share', 'tag_share',
            'type_share', 'type_category_share', 'category_share', 'subcategory_share',
            'unit_type_share', 'region_share', 'category_district_share', 'month_share'
        )
    GROUP BY loaded.year, figure.scope, figure.period_type, figure.period, 5, figure.cut_key
)

SELECT
    year, scope, period_type, period, counted, cut,
    record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag,
    record_count, growth_rate, previous_growth_rate, share_numerator, share_denominator, share,
    year_count, month_share, is_partial
FROM beside
JOIN metric.cut_member USING (cut_key)
