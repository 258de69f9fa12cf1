-- One row: the counts of one scope and period in one member of one cut.
-- Key: metric, scope, period_type, period, and the dimensions from record_type to tag.
-- cut names the dimensions that are cut by, in the order of the key, so that a statistic can ask
-- for exactly one family of rows; `total` cuts by none.
SELECT
    cell.metric,
    scope.scope,
    period.year,
    period.period_type,
    period.period,
    period.is_partial,
    period.is_year_partial,
    coalesce(
        nullif(
            trim(
                CASE WHEN cell.record_type <> '*' THEN 'record_type ' ELSE '' END
                || CASE WHEN cell.category <> '*' THEN 'category ' ELSE '' END
                || CASE WHEN cell.subcategory <> '*' THEN 'subcategory ' ELSE '' END
                || CASE WHEN cell.handling <> '*' THEN 'handling ' ELSE '' END
                || CASE WHEN cell.unit_type <> '*' THEN 'unit_type ' ELSE '' END
                || CASE WHEN cell.unit <> '*' THEN 'unit ' ELSE '' END
                || CASE WHEN cell.region <> '*' THEN 'region ' ELSE '' END
                || CASE WHEN cell.district <> '*' THEN 'district ' ELSE '' END
                || CASE WHEN cell.street <> '*' THEN 'street ' ELSE '' END
                || CASE WHEN cell.channel <> '*' THEN 'channel ' ELSE '' END
                || CASE WHEN cell.desk <> '*' THEN 'desk ' ELSE '' END
                || CASE WHEN cell.platform <> '*' THEN 'platform ' ELSE '' END
                || CASE WHEN cell.praise_form <> '*' THEN 'praise_form ' ELSE '' END
                || CASE WHEN cell.epidemic <> '*' THEN 'epidemic ' ELSE '' END
                || CASE WHEN cell.tag <> '*' THEN 'tag ' ELSE '' END
            ),
            ''
        ),
        'total'
    ) AS cut,
    cell.record_type,
    cell.category,
    cell.subcategory,
    cell.handling,
    cell.unit_type,
    cell.unit,
    cell.region,
    cell.district,
    cell.street,
    cell.channel,
    cell.desk,
    cell.platform,
    cell.praise_form,
    cell.epidemic,
    cell.tag,
    CAST(sum(cell.record_count) AS BIGINT) AS record_count,
    CAST(sum(cell.called_back_count) AS BIGINT) AS called_back_count,
    CAST(sum(cell.contacted_count) AS BIGINT) AS contacted_count,
    CAST(sum(cell.resolved_count) AS BIGINT) AS resolved_count,
    CAST(sum(cell.satisfied_count) AS BIGINT) AS satisfied_count,
    CAST(sum(cell.basically_satisfied_count) AS BIGINT) AS basically_satisfied_count,
    CAST(sum(cell.closed_early_count) AS BIGINT) AS closed_early_count
FROM metric.cell AS cell
JOIN metric.scope AS scope ON scope.year = cell.year AND scope.scope_tier = cell.scope_tier
JOIN metric.period AS period ON period.year = cell.year AND period.month = cell.month
GROUP BY
    cell.metric, scope.scope, period.year, period.period_type, period.period,
    period.is_partial, period.is_year_partial,
    cell.record_type, cell.category, cell.subcategory, cell.handling, cell.unit_type, cell.unit,
    cell.region, cell.district, cell.street, cell.channel, cell.desk,
    cell.platform, cell.praise_form, cell.epidemic, cell.tag
