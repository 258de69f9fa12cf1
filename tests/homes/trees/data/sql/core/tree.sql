-- One row: a tree, from its newest delivery. Key: year, month, record_id.
WITH ranked AS (
    SELECT
        t.*,
        row_number() OVER (
            PARTITION BY t.year, t.month, t.record_id
            ORDER BY r.received_on DESC, r.sequence DESC
        ) AS newest_rank
    FROM source.tree_row AS t
    JOIN source.receipt AS r ON r.receipt = t.receipt
)

SELECT record_id, received_at, species, district, year, month
FROM ranked
WHERE newest_rank = 1
