-- title: 有的日期没有记录,可能缺数据
-- example: {entity} {first_on} 至 {last_on} 共 {day_count} 天没有记录
-- One row: a run of days without records, where there should be some. Key: entity, first_on.
-- Which days are missing is judged in metric.held_day. The figures of such a month are marked as those
-- of a part of it, and compared over the days that both periods have.
WITH missing AS (
    SELECT
        entity,
        received_on,
        CAST(
            received_on - row_number() OVER (PARTITION BY entity ORDER BY received_on)
            * INTERVAL '1' DAY AS DATE
        ) AS run
    FROM metric.held_day
    WHERE is_missing
)

SELECT
    known.title AS entity,
    min(missing.received_on) AS first_on,
    max(missing.received_on) AS last_on,
    count(*) AS day_count
FROM missing
JOIN source.entity AS known ON known.entity = missing.entity
GROUP BY known.title, missing.run
ORDER BY known.title, first_on
