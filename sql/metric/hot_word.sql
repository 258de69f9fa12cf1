-- One row: a word or phrase of a month, in one category or in all, beside its last twelve months.
-- Key: year, month, category, kind, word.
-- computed when asked
-- Two TF-IDF weights, each the share of the month's texts that hold the word times how telling it
-- is: idf_score by jieba's table of general Chinese, reference_score by the texts of the twelve
-- months before, ln((1 + texts) / (1 + texts with the word)). Both favour what every month says;
-- rise_score is the share times the logarithm of its growth over the reference period (the word's
-- part of the Kullback-Leibler divergence), and orders the hot words of a month. A word is new when
-- at least 20 texts hold it and its share is at least twenty times that of the reference period;
-- without a reference nothing is new. reference_month_count says how many of the twelve months
-- there are.
WITH placed AS (
    SELECT
        year * 12 + month AS month_index,
        year, month, category, kind, word, idf, record_count
    FROM metric.word_count
),

month_text AS (
    SELECT
        month_index,
        category,
        record_count AS text_count,
        sum(record_count) OVER (
            PARTITION BY category ORDER BY month_index RANGE BETWEEN 12 PRECEDING AND 1 PRECEDING
        ) AS reference_text_count,
        count(*) OVER (
            PARTITION BY category ORDER BY month_index RANGE BETWEEN 12 PRECEDING AND 1 PRECEDING
        ) AS reference_month_count
    FROM placed
    WHERE kind = 'text'
),

word AS (
    SELECT
        *,
        coalesce(
            sum(record_count) OVER (
                PARTITION BY category, kind, word
                ORDER BY month_index RANGE BETWEEN 12 PRECEDING AND 1 PRECEDING
            ),
            0
        ) AS reference_count
    FROM placed
    WHERE kind <> 'text'
),

place AS (
    SELECT district AS word
    FROM ref.district
    UNION
    SELECT street AS word
    FROM ref.street
)

SELECT
    word.year,
    word.month,
    word.category,
    word.kind,
    word.word,
    place.word IS NOT NULL AS is_place,
    word.record_count,
    month_text.text_count,
    CAST(word.reference_count AS BIGINT) AS reference_count,
    CAST(coalesce(month_text.reference_text_count, 0) AS BIGINT) AS reference_text_count,
    month_text.reference_month_count,
    CAST(word.record_count AS DOUBLE) / month_text.text_count AS text_share,
    CAST(word.record_count AS DOUBLE) / month_text.text_count * word.idf AS idf_score,
    CASE
        WHEN month_text.reference_text_count > 0
            THEN CAST(word.record_count AS DOUBLE) / month_text.text_count
                * ln((1.0 + month_text.reference_text_count) / (1.0 + word.reference_count))
    END AS reference_score,
    CASE
        WHEN month_text.reference_text_count > 0
            THEN CAST(word.record_count AS DOUBLE) / month_text.text_count
                * ln(
                    (1.0 + word.record_count) / (1.0 + month_text.text_count)
                    * (1.0 + month_text.reference_text_count) / (1.0 + word.reference_count)
                )
    END AS rise_score,
    coalesce(
        month_text.reference_text_count > 0
        AND word.record_count >= 20
        AND word.record_count * month_text.reference_text_count
        >= 20 * word.reference_count * month_text.text_count,
        FALSE
    ) AS is_new
FROM word
JOIN month_text
    ON month_text.month_index = word.month_index AND month_text.category = word.category
LEFT JOIN place ON place.word = word.word
