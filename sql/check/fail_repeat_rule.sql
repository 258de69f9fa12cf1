-- title: 重复的判定规则(repeat_rule)超出可用范围
-- example: 规则 {rule}[,window_days={window_days}][,least_count={least_count}][,least_length={least_length}](data/reference/repeat_rule.csv)
-- One row: a rule that the tables of repeats cannot follow. Key: rule.
-- The window looks back two whole months at most (sql/core/repeat_call.sql), 59 days at least.
SELECT rule, window_days, least_count, least_length
FROM ref.repeat_rule
WHERE
    rule NOT IN ('repeat_call', 'mass_matter', 'copied_text')
    OR coalesce(least_count, 0) < 2
    OR rule = 'repeat_call' AND NOT coalesce(window_days BETWEEN 1 AND 59, FALSE)
    OR rule = 'copied_text' AND coalesce(least_length, 0) < 1
UNION ALL
SELECT rule, NULL AS window_days, count(*) AS least_count, NULL AS least_length
FROM ref.repeat_rule
GROUP BY rule
HAVING count(*) > 1
