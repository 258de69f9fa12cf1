-- title: 同一编号在先后的交付中属于不同月份(多为改了时间),按较新的交付计一次
-- example: {record_id}({entity})较早的交付在 {former_year} 年 {former_month} 月,只按较新的交付计入 {counted_year} 年 {counted_month} 月
-- One row: a record or event that deliveries have in different months. Key: entity, record_id.
-- It counts once, in the month of the newest delivery (core.superseded, core.grid_superseded).
WITH placed AS (
    SELECT
        known.title AS entity,
        s.record_id,
        s.year,
        s.month,
        dense_rank() OVER (
            PARTITION BY s.entity, s.record_id
            ORDER BY r.precedence DESC
        ) AS newest_rank
    FROM source.shared_id AS s
    JOIN source.receipt AS r ON r.receipt = s.receipt
    JOIN source.entity AS known ON known.entity = s.entity
    WHERE s.entity IN ('record', 'grid_event') AND NOT r.is_supplement
)

SELECT
    entity,
    record_id,
    min_by(year, year * 100 + month) FILTER (WHERE newest_rank > 1) AS former_year,
    min_by(month, year * 100 + month) FILTER (WHERE newest_rank > 1) AS former_month,
    max_by(year, year * 100 + month) FILTER (WHERE newest_rank = 1) AS counted_year,
    max_by(month, year * 100 + month) FILTER (WHERE newest_rank = 1) AS counted_month
FROM placed
GROUP BY entity, record_id
HAVING max(newest_rank) > 1
ORDER BY entity, record_id
