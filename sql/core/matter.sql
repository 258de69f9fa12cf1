-- One row: a matter, that is one kind of trouble in one street in one week, with what the grid and
-- what citizens reported of it. Key: district, street, category, week_on.
-- is_grid_first: the grid had it before the first citizen called (未诉先办). year is the week's
-- Monday's, so that a week over New Year is one matter.
SELECT
    district,
    street,
    category,
    week_on,
    CAST(extract(YEAR FROM week_on) AS INTEGER) AS year,
    CAST(sum(CASE WHEN side = 'grid' THEN row_count ELSE 0 END) AS BIGINT) AS event_count,
    CAST(sum(CASE WHEN side = 'hotline' THEN row_count ELSE 0 END) AS BIGINT) AS record_count,
    min(CASE WHEN side = 'grid' THEN first_at END) AS first_event_at,
    min(CASE WHEN side = 'hotline' THEN first_at END) AS first_record_at,
    coalesce(
        min(CASE WHEN side = 'grid' THEN first_at END)
        < min(CASE WHEN side = 'hotline' THEN first_at END),
        FALSE
    ) AS is_grid_first
FROM core.matter_month
GROUP BY district, street, category, week_on
