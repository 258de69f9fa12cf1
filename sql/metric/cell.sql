-- One row: the records of a part of a month, of one tier, in one member of one cut, as counts that
-- add up. Key: year, month, month_part, scope_tier, metric, and the dimensions from record_type to tag.
-- materialised per partition
-- made again as metric.day_cell with core.day_record for core.part_record, in metric.cut_month
-- month_part is 2 from the day on which an assessment month begins, 1 before it (core.part_record): an
-- assessment month is part 2 of one month and part 1 of the next, a calendar month both. In
-- metric.day_cell it is the day: it holds the few months of which a comparison takes some days
-- alone (metric.compared_day).
-- cut names the dimensions that are cut by, in the order of the key, so that a statistic can ask
-- for exactly one family of rows; `total` cuts by none.
-- The records are grouped finely once per family of columns (four narrow scans are faster than one
-- wide one), and the cuts are made from those few rows: the full cross of all columns would be
-- nearly the records again. `*` is not cut by it, `?` is unknown. Cuts by unit, its
-- district and region hold records that are known to be dispatched; one whose unit is in no register
-- stays there as `?`, so that parts sum to totals.
-- Outcomes are not counted (null) where no rate is cut that way: by place.
WITH fine AS (
    SELECT
        year, month, month_part,
        scope_tier, record_type, category, handling, channel, is_company_desk,
        is_epidemic, unit_type, unit_district, region, is_district_handled,
        count(*) AS record_count,
        count(*) FILTER (WHERE is_called_back) AS called_back_count,
        count(*) FILTER (WHERE is_called_back AND is_contacted) AS contacted_count,
        count(*) FILTER (WHERE is_called_back AND resolution = '解决') AS resolved_count,
        count(*) FILTER (WHERE is_called_back AND satisfaction = '满意') AS satisfied_count,
        count(*) FILTER (WHERE is_called_back AND satisfaction = '基本满意')
            AS basically_satisfied_count,
        count(*) FILTER (WHERE is_closed_early) AS closed_early_count
    FROM core.part_record
    GROUP BY
        year, month, month_part, scope_tier, record_type, category, handling, channel,
        is_company_desk, is_epidemic, unit_type, unit_district, region, is_district_handled
),

by_subcategory AS (
    SELECT
        year, month, month_part,
        scope_tier, category, subcategory, tag,
        count(*) AS record_count,
        count(*) FILTER (WHERE is_called_back) AS called_back_count,
        count(*) FILTER (WHERE is_called_back AND is_contacted) AS contacted_count,
        count(*) FILTER (WHERE is_called_back AND resolution = '解决') AS resolved_count,
        count(*) FILTER (WHERE is_called_back AND satisfaction = '满意') AS satisfied_count,
        count(*) FILTER (WHERE is_called_back AND satisfaction = '基本满意')
            AS basically_satisfied_count
    FROM core.part_record
    GROUP BY year, month, month_part, scope_tier, category, subcategory, tag
),

by_unit AS (
    SELECT
        year, month, month_part,
        scope_tier, unit_type, unit, unit_district, unit_street, tag,
        is_district_handled,
        count(*) AS record_count,
        count(*) FILTER (WHERE is_called_back) AS called_back_count,
        count(*) FILTER (WHERE is_called_back AND is_contacted) AS contacted_count,
        count(*) FILTER (WHERE is_called_back AND resolution = '解决') AS resolved_count,
        count(*) FILTER (WHERE is_called_back AND satisfaction = '满意') AS satisfied_count,
        count(*) FILTER (WHERE is_called_back AND satisfaction = '基本满意')
            AS basically_satisfied_count
    FROM core.part_record
    WHERE handling = '派单'
    GROUP BY
        year, month, month_part, scope_tier, unit_type, unit, unit_district, unit_street, tag,
        is_district_handled
),

by_place AS (
    SELECT
        year, month, month_part,
        scope_tier, record_type, place_district, channel, platform, praise_form,
        count(*) AS record_count
    FROM core.part_record
    GROUP BY
        year, month, month_part, scope_tier, record_type, place_district, channel, platform,
        praise_form
),

-- Records of a tag are counted over all records, its outcomes over the dispatched ones.
by_tag AS (
    SELECT
        year, month, month_part, scope_tier, tag, record_count,
        0 AS called_back_count,
        0 AS contacted_count,
        0 AS resolved_count,
        0 AS satisfied_count,
        0 AS basically_satisfied_count
    FROM by_subcategory
    UNION ALL
    SELECT
        year, month, month_part, scope_tier, tag,
        0 AS record_count,
        called_back_count, contacted_count, resolved_count, satisfied_count,
        basically_satisfied_count
    FROM by_unit
),

desked AS (
    SELECT
        *,
        CASE
            WHEN is_company_desk THEN '企业专席'
            WHEN NOT is_company_desk THEN '其他席'
            ELSE '?'
        END AS desk,
        CASE
            WHEN is_epidemic THEN '是'
            WHEN NOT is_epidemic THEN '否'
            ELSE '?'
        END AS epidemic
    FROM fine
),

cut AS (
    SELECT
        year, month, month_part, scope_tier, 'record_count' AS metric,
        record_type, category, '*' AS subcategory, handling, '*' AS unit_type,
        '*' AS unit, '*' AS region, '*' AS district, '*' AS street,
        channel, desk,
        '*' AS platform, '*' AS praise_form, epidemic, '*' AS tag,
        sum(record_count) AS record_count,
        sum(called_back_count) AS called_back_count,
        sum(contacted_count) AS contacted_count,
        sum(resolved_count) AS resolved_count,
        sum(satisfied_count) AS satisfied_count,
        sum(basically_satisfied_count) AS basically_satisfied_count,
        sum(closed_early_count) AS closed_early_count
    FROM desked
    GROUP BY
        year, month, month_part, scope_tier,
        GROUPING SETS (
            (),
            (record_type),
            (category),
            (record_type, category),
            (handling),
            (channel),
            (handling, channel),
            (desk),
            (handling, desk),
            (category, handling),
            (epidemic),
            (handling, epidemic),
            (category, epidemic)
        )
    UNION ALL
    SELECT
        year, month, month_part, scope_tier, 'record_count' AS metric,
        '*' AS record_type, category, '*' AS subcategory, '*' AS handling, unit_type,
        '*' AS unit, region, unit_district AS district, '*' AS street,
        '*' AS channel, '*' AS desk,
        '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag,
        sum(record_count) AS record_count,
        sum(called_back_count) AS called_back_count,
        sum(contacted_count) AS contacted_count,
        sum(resolved_count) AS resolved_count,
        sum(satisfied_count) AS satisfied_count,
        sum(basically_satisfied_count) AS basically_satisfied_count,
        sum(closed_early_count) AS closed_early_count
    FROM fine
    WHERE handling = '派单'
    GROUP BY
        year, month, month_part, scope_tier,
        GROUPING SETS (
            (unit_type),
            (unit_type, category),
            (unit_type, region),
            (unit_type, unit_district)
        )
    UNION ALL
    SELECT
        year, month, month_part, scope_tier, 'district_handled_count' AS metric,
        '*' AS record_type, category, '*' AS subcategory, '*' AS handling, '*' AS unit_type,
        '*' AS unit, region, unit_district AS district, '*' AS street,
        '*' AS channel, '*' AS desk,
        '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag,
        sum(record_count) AS record_count,
        sum(called_back_count) AS called_back_count,
        sum(contacted_count) AS contacted_count,
        sum(resolved_count) AS resolved_count,
        sum(satisfied_count) AS satisfied_count,
        sum(basically_satisfied_count) AS basically_satisfied_count,
        sum(closed_early_count) AS closed_early_count
    FROM fine
    WHERE is_district_handled
    GROUP BY
        year, month, month_part, scope_tier,
        GROUPING SETS (
            (),
            (region),
            (unit_district),
            (category, region),
            (category, unit_district)
        )
    UNION ALL
    SELECT
        year, month, month_part, scope_tier, 'record_count' AS metric,
        '*' AS record_type, category, subcategory, '*' AS handling, '*' AS unit_type,
        '*' AS unit, '*' AS region, '*' AS district, '*' AS street,
        '*' AS channel, '*' AS desk,
        '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag,
        sum(record_count) AS record_count,
        sum(called_back_count) AS called_back_count,
        sum(contacted_count) AS contacted_count,
        sum(resolved_count) AS resolved_count,
        sum(satisfied_count) AS satisfied_count,
        sum(basically_satisfied_count) AS basically_satisfied_count,
        NULL AS closed_early_count
    FROM by_subcategory
    GROUP BY year, month, month_part, scope_tier, category, subcategory
    UNION ALL
    SELECT
        year, month, month_part, scope_tier, 'record_count' AS metric,
        '*' AS record_type, '*' AS category, '*' AS subcategory, '*' AS handling, unit_type,
        unit, '*' AS region, '*' AS district, '*' AS street,
        '*' AS channel, '*' AS desk,
        '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag,
        sum(record_count) AS record_count,
        sum(called_back_count) AS called_back_count,
        sum(contacted_count) AS contacted_count,
        sum(resolved_count) AS resolved_count,
        sum(satisfied_count) AS satisfied_count,
        sum(basically_satisfied_count) AS basically_satisfied_count,
        NULL AS closed_early_count
    FROM by_unit
    GROUP BY year, month, month_part, scope_tier, unit_type, unit
    UNION ALL
    SELECT
        year, month, month_part, scope_tier, 'record_count' AS metric,
        '*' AS record_type, '*' AS category, '*' AS subcategory, '*' AS handling, unit_type,
        '*' AS unit, '*' AS region, unit_district AS district, unit_street AS street,
        '*' AS channel, '*' AS desk,
        '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag,
        sum(record_count) AS record_count,
        sum(called_back_count) AS called_back_count,
        sum(contacted_count) AS contacted_count,
        sum(resolved_count) AS resolved_count,
        sum(satisfied_count) AS satisfied_count,
        sum(basically_satisfied_count) AS basically_satisfied_count,
        NULL AS closed_early_count
    FROM by_unit
    WHERE unit_type = '街乡镇'
    GROUP BY year, month, month_part, scope_tier, unit_type, unit_district, unit_street
    UNION ALL
    SELECT
        year, month, month_part, scope_tier, 'place_count' AS metric,
        record_type, '*' AS category, '*' AS subcategory, '*' AS handling, '*' AS unit_type,
        '*' AS unit, '*' AS region, place_district AS district, '*' AS street,
        '*' AS channel, '*' AS desk,
        '*' AS platform, '*' AS praise_form, '*' AS epidemic, '*' AS tag,
        sum(record_count) AS record_count,
        NULL AS called_back_count,
        NULL AS contacted_count,
        NULL AS resolved_count,
        NULL AS satisfied_count,
        NULL AS basically_satisfied_count,
        NULL AS closed_early_count
    FROM by_place
    GROUP BY
        year, month, month_part, scope_tier,
        GROUPING SETS (
            (place_district),
            (record_type, place_district)
        )
    UNION ALL
    SELECT
        year, month, month_part, scope_tier, 'record_count' AS metric,
        record_type, '*' AS category, '*' AS subcategory, '*' AS handling, '*' AS unit_type,
        '*' AS unit, '*' AS region, '*' AS district, '*' AS street,
        channel, '*' AS desk,
        platform, praise_form, '*' AS epidemic, '*' AS tag,
        sum(record_count) AS record_count,
        NULL AS called_back_count,
        NULL AS contacted_count,
        NULL AS resolved_count,
        NULL AS satisfied_count,
        NULL AS basically_satisfied_count,
        NULL AS closed_early_count
    FROM by_place
    GROUP BY
        year, month, month_part, scope_tier,
        GROUPING SETS (
            (channel, platform),
            (record_type, praise_form)
        )
    UNION ALL
    SELECT
        year, month, month_part, scope_tier, 'record_count' AS metric,
        '*' AS record_type, '*' AS category, '*' AS subcategory, '*' AS handling, '*' AS unit_type,
        '*' AS unit, '*' AS region, '*' AS district, '*' AS street,
        '*' AS channel, '*' AS desk,
        '*' AS platform, '*' AS praise_form, '*' AS epidemic, tag,
        sum(record_count) AS record_count,
        sum(called_back_count) AS called_back_count,
        sum(contacted_count) AS contacted_count,
        sum(resolved_count) AS resolved_count,
        sum(satisfied_count) AS satisfied_count,
        sum(basically_satisfied_count) AS basically_satisfied_count,
        NULL AS closed_early_count
    FROM by_tag
    GROUP BY year, month, month_part, scope_tier, tag
    UNION ALL
    SELECT
        year, month, month_part, scope_tier, 'district_handled_count' AS metric,
        '*' AS record_type, '*' AS category, '*' AS subcategory, '*' AS handling, '*' AS unit_type,
        '*' AS unit, '*' AS region, unit_district AS district, '*' AS street,
        '*' AS channel, '*' AS desk,
        '*' AS platform, '*' AS praise_form, '*' AS epidemic, tag,
        sum(record_count) AS record_count,
        sum(called_back_count) AS called_back_count,
        sum(contacted_count) AS contacted_count,
        sum(resolved_count) AS resolved_count,
        sum(satisfied_count) AS satisfied_count,
        sum(basically_satisfied_count) AS basically_satisfied_count,
        NULL AS closed_early_count
    FROM by_unit
    WHERE is_district_handled
    GROUP BY year, month, month_part, scope_tier, unit_district, tag
),

named AS (
    SELECT
        year, month, month_part, scope_tier, metric,
        coalesce(record_type, '*') AS record_type,
        coalesce(category, '*') AS category,
        coalesce(subcategory, '*') AS subcategory,
        coalesce(handling, '*') AS handling,
        coalesce(unit_type, '*') AS unit_type,
        coalesce(unit, '*') AS unit,
        coalesce(region, '*') AS region,
        coalesce(district, '*') AS district,
        coalesce(street, '*') AS street,
        coalesce(channel, '*') AS channel,
        coalesce(desk, '*') AS desk,
        coalesce(platform, '*') AS platform,
        coalesce(praise_form, '*') AS praise_form,
        coalesce(epidemic, '*') AS epidemic,
        coalesce(tag, '*') AS tag,
        CAST(record_count AS BIGINT) AS record_count,
        CAST(called_back_count AS BIGINT) AS called_back_count,
        CAST(contacted_count AS BIGINT) AS contacted_count,
        CAST(resolved_count AS BIGINT) AS resolved_count,
        CAST(satisfied_count AS BIGINT) AS satisfied_count,
        CAST(basically_satisfied_count AS BIGINT) AS basically_satisfied_count,
        CAST(closed_early_count AS BIGINT) AS closed_early_count
    FROM cut
)

SELECT
    *,
    coalesce(
        nullif(
            trim(
                CASE WHEN record_type <> '*' THEN 'record_type ' ELSE '' END
                || CASE WHEN category <> '*' THEN 'category ' ELSE '' END
                || CASE WHEN subcategory <> '*' THEN 'subcategory ' ELSE '' END
                || CASE WHEN handling <> '*' THEN 'handling ' ELSE '' END
                || CASE WHEN unit_type <> '*' THEN 'unit_type ' ELSE '' END
                || CASE WHEN unit <> '*' THEN 'unit ' ELSE '' END
                || CASE WHEN region <> '*' THEN 'region ' ELSE '' END
                || CASE WHEN district <> '*' THEN 'district ' ELSE '' END
                || CASE WHEN street <> '*' THEN 'street ' ELSE '' END
                || CASE WHEN channel <> '*' THEN 'channel ' ELSE '' END
                || CASE WHEN desk <> '*' THEN 'desk ' ELSE '' END
                || CASE WHEN platform <> '*' THEN 'platform ' ELSE '' END
                || CASE WHEN praise_form <> '*' THEN 'praise_form ' ELSE '' END
                || CASE WHEN epidemic <> '*' THEN 'epidemic ' ELSE '' END
                || CASE WHEN tag <> '*' THEN 'tag ' ELSE '' END
            ),
            ''
        ),
        'total'
    ) AS cut
FROM named
