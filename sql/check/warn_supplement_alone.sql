-- title: 补充文件里有的编号已不在库里(记录的回执已删,或尚未重新入库),这些补充未计
-- example: {name} 有 {record_count} 个编号如此,例如 {record_id}
-- One row: a supplement with ids of which no record is loaded any more. Key: receipt.
WITH alone AS (
    SELECT s.receipt, s.record_id
    FROM core.superseded AS s
    WHERE
        s.is_supplement
        AND NOT EXISTS (SELECT 1 FROM core.merged_dispatch AS m WHERE m.record_id = s.record_id)
    UNION ALL
    SELECT s.receipt, s.record_id
    FROM core.grid_superseded AS s
    WHERE
        s.is_supplement
        AND NOT EXISTS (SELECT 1 FROM core.grid_merged AS m WHERE m.record_id = s.record_id)
)

SELECT
    r.name,
    count(*) AS record_count,
    min(a.record_id) AS record_id,
    a.receipt
FROM alone AS a
JOIN source.receipt AS r ON r.receipt = a.receipt
GROUP BY r.name, a.receipt
ORDER BY r.name, a.receipt
