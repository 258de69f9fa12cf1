-- One row: an id that deliveries have in different months, with the delivery that counts.
-- Key: entity, record_id.
-- The newest delivery wins, as within a month (core.superseded); a supplement moves nothing.
SELECT entity, record_id, receipt
FROM (
    SELECT
        s.entity, s.record_id, s.receipt,
        row_number() OVER (
            PARTITION BY s.entity, s.record_id
            ORDER BY r.precedence DESC, s.year, s.month
        ) AS newest_rank
    FROM source.shared_id AS s
    JOIN source.receipt AS r ON r.receipt = s.receipt
    WHERE NOT r.is_supplement
) AS shared
WHERE newest_rank = 1
