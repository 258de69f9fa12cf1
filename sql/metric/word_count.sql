-- One row: records of a month whose text holds a word or a phrase, in one category or in all (`*`).
-- Key: year, month, category, kind, word.
-- computed when asked
-- kind is word, phrase (two words side by side, written with a space) or text (word is `*`: the
-- records with a text). caller_count is how many callers said it at least, whatever the category: callers
-- of several deliveries, or parts of a large one, may be the same. Words that are like a person's name or
-- an account are not counted. A record counts once per word. Only the months whose words were counted
-- are here (pipeline/text), and of those only deliveries that are still loaded.
SELECT
    counted.year,
    counted.month,
    coalesce(counted.category, '*') AS category,
    counted.kind,
    counted.word,
    max(counted.idf) AS idf,
    CAST(sum(counted.record_count) AS BIGINT) AS record_count,
    max(counted.caller_count) AS caller_count
FROM model.word_count AS counted
JOIN source.partition AS part
    ON part.receipt = counted.receipt AND part.year = counted.year AND part.month = counted.month
GROUP BY
    counted.year, counted.month, counted.kind, counted.word,
    GROUPING SETS ((), (counted.category))
