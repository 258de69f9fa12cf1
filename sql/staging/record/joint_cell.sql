-- One row per cell that names several units and was counted with one of them. Key: cell.
SELECT
    j.alias AS cell,
    count(*) AS row_count
FROM staging.identity AS d
INNER JOIN (SELECT DISTINCT x.alias FROM staging.joint_unit AS x WHERE x.unit_count > 1) AS j
    ON mask_short(tidy(d.unit_text)) = j.alias
WHERE d.reject_reason IS NULL
GROUP BY j.alias
ORDER BY 2 DESC, 1
