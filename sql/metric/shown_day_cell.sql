-- One row: a row of metric.day_cell, with the names that are printed (shown_*), as metric.shown_cell.
-- Key: that of metric.day_cell; the counts of equal shown names add up.
-- a view on tables
-- month_part is the day (metric.cell).
SELECT
    cell.*,
    CASE WHEN unlisted_category.name IS NULL THEN cell.category ELSE '未登记' END AS shown_category,
    CASE WHEN unlisted_subcategory.name IS NULL THEN cell.subcategory ELSE '未登记' END AS shown_subcategory,
    CASE WHEN unlisted_handling.name IS NULL THEN cell.handling ELSE '未登记' END AS shown_handling,
    CASE WHEN unlisted_unit.name IS NULL THEN cell.unit ELSE '未登记' END AS shown_unit,
    CASE WHEN unlisted_district.name IS NULL THEN cell.district ELSE '未登记' END AS shown_district,
    CASE WHEN unlisted_street.name IS NULL THEN cell.street ELSE '未登记' END AS shown_street,
    CASE WHEN unlisted_channel.name IS NULL THEN cell.channel ELSE '未登记' END AS shown_channel,
    CASE WHEN unlisted_platform.name IS NULL THEN cell.platform ELSE '未登记' END AS shown_platform,
    CASE WHEN unlisted_praise_form.name IS NULL THEN cell.praise_form ELSE '未登记' END AS shown_praise_form,
    CASE WHEN unlisted_tag.name IS NULL THEN cell.tag ELSE '未登记' END AS shown_tag
FROM metric.day_cell AS cell
LEFT JOIN metric.unlisted_name AS unlisted_category
    ON unlisted_category.kind = 'category' AND unlisted_category.name = cell.category
LEFT JOIN metric.unlisted_name AS unlisted_subcategory
    ON
        unlisted_subcategory.kind = 'subcategory'
        AND unlisted_subcategory.category = cell.category
        AND unlisted_subcategory.name = cell.subcategory
LEFT JOIN metric.unlisted_name AS unlisted_handling
    ON unlisted_handling.kind = 'handling' AND unlisted_handling.name = cell.handling
LEFT JOIN metric.unlisted_name AS unlisted_unit
    ON unlisted_unit.kind = 'unit' AND unlisted_unit.name = cell.unit
LEFT JOIN metric.unlisted_name AS unlisted_district
    ON unlisted_district.kind = 'district' AND unlisted_district.name = cell.district
LEFT JOIN metric.unlisted_name AS unlisted_street
    ON unlisted_street.kind = 'street' AND unlisted_street.name = cell.street
LEFT JOIN metric.unlisted_name AS unlisted_channel
    ON unlisted_channel.kind = 'channel' AND unlisted_channel.name = cell.channel
LEFT JOIN metric.unlisted_name AS unlisted_platform
    ON unlisted_platform.kind = 'platform' AND unlisted_platform.name = cell.platform
LEFT JOIN metric.unlisted_name AS unlisted_praise_form
    ON unlisted_praise_form.kind = 'praise_form' AND unlisted_praise_form.name = cell.praise_form
LEFT JOIN metric.unlisted_name AS unlisted_tag
    ON unlisted_tag.kind = 'tag' AND unlisted_tag.name = cell.tag
