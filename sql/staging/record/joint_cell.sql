-- One row per cell that names several units and was counted with one of them. Key: cell.
WITH written AS (
    SELECT
        d.unit_text,
        count(*) AS row_count
    FROM staging.identity AS d
    WHERE d.reject_reason IS NULL
    GROUP BY d.unit_text
)

SELECT
    j.alias AS cell,
    sum(w.row_count)::BIGINT AS row_count
FROM written AS w
INNER JOIN (SELECT DISTINCT x.alias FROM staging.joint_unit AS x WHERE x.unit_count > 1) AS j
    ON mask_short(tidy(w.unit_text)) = j.alias
GROUP BY j.alias
ORDER BY 2 DESC, 1
