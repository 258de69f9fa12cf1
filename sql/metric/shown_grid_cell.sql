-- One row: a row of metric.grid_cell, with 未登记 for each name of metric.unlisted_name.
-- Key: none; the counts of equal dimensions add up.
-- a view on tables
SELECT
    cell.year,
    cell.month,
    CASE WHEN unlisted_category.name IS NULL THEN cell.category ELSE '未登记' END AS category,
    CASE WHEN unlisted_district.name IS NULL THEN cell.district ELSE '未登记' END AS district,
    CASE WHEN unlisted_street.name IS NULL THEN cell.street ELSE '未登记' END AS street,
    CASE WHEN unlisted_channel.name IS NULL THEN cell.channel ELSE '未登记' END AS channel,
    cell.event_count,
    cell.solved_count,
    cell.closed_count,
    cell.close_seconds
FROM metric.grid_cell AS cell
LEFT JOIN metric.unlisted_name AS unlisted_category
    ON unlisted_category.kind = 'grid_class' AND unlisted_category.name = cell.category
LEFT JOIN metric.unlisted_name AS unlisted_district
    ON unlisted_district.kind = 'grid_district' AND unlisted_district.name = cell.district
LEFT JOIN metric.unlisted_name AS unlisted_street
    ON unlisted_street.kind = 'grid_street' AND unlisted_street.name = cell.street
LEFT JOIN metric.unlisted_name AS unlisted_channel
    ON unlisted_channel.kind = 'grid_channel' AND unlisted_channel.name = cell.channel
