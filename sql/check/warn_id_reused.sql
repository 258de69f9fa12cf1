-- title: 不同月份的交付里有大量相同的工单编号,像是重新编号,各按各的计;如是同一批工单,请核对受理时间
-- example: {name} 有 {id_count} 个编号与别的月份的交付相同
-- One row: a delivery that shares too many ids with other months for them to be the same records.
-- Key: receipt.
SELECT
    r.name,
    u.id_count,
    u.receipt
FROM source.reused_id AS u
JOIN source.receipt AS r ON r.receipt = u.receipt
ORDER BY u.id_count DESC, r.name
