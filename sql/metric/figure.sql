-- One row: a figure, as numerator over denominator. Key: metric to tag, the first 22 columns.
-- a view on tables
-- The audit and every printed table read this one table, so that no two of them can disagree. It is
-- metric.figure_value with the dimensions of its members (metric.cut_member) side by side.
SELECT
    metric,
    '1' AS method_version,
    convention,
    scope,
    'received' AS date_basis,
    period_type,
    period,
    record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag,
    numerator,
    denominator,
    value,
    is_partial,
    cut
FROM metric.figure_value
JOIN metric.cut_member USING (cut_key)
