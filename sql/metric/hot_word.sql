-- One row: a word or phrase of a period, in one category or in all, beside the twelve months before.
-- Key: period_type, period, category, kind, word.
-- computed when asked
-- Words are counted by calendar month, so a quarter adds up its three, and an assessment month the
-- two that hold its days. Two TF-IDF weights, each the share of the period's texts that hold the
-- word times its weight: idf_score by jieba's table of general Chinese, reference_score by the
-- texts of the twelve months before, ln((1 + texts) / (1 + texts with the word)). Both favour what
-- every month has; rise_score is the share times the logarithm of its growth over the reference
-- period (the word's part of the Kullback-Leibler divergence), and orders the hot words of a period.
-- A word is new when at least 20 texts hold it and none of the reference period did; without a
-- reference nothing is new. reference_month_count says how many of the
-- twelve months there are. caller_count: the callers of the month of the period that has most
-- (metric.word_count), so that no caller counts twice.
WITH span AS (
    SELECT
        period_type,
        period,
        min(part_year * 12 + part_month) AS first_index,
        max(part_year * 12 + part_month) AS last_index
    FROM metric.period_part
    WHERE period_type <> 'year'
    GROUP BY period_type, period
),

counted AS (
    SELECT
        span.period_type,
        span.period,
        held.category,
        held.kind,
        held.word,
        max(held.idf) AS idf,
        CAST(
            sum(CASE WHEN held.year * 12 + held.month >= span.first_index THEN held.record_count END)
            AS BIGINT
        ) AS record_count,
        coalesce(
            sum(CASE WHEN held.year * 12 + held.month < span.first_index THEN held.record_count END),
            0
        ) AS reference_count,
        sum(CASE WHEN held.year * 12 + held.month < span.first_index THEN 1 ELSE 0 END)
            AS reference_month_count,
        max(CASE WHEN held.year * 12 + held.month >= span.first_index THEN held.caller_count END)
            AS caller_count
    FROM span
    JOIN metric.word_count AS held
        ON held.year * 12 + held.month BETWEEN span.first_index - 12 AND span.last_index
    GROUP BY span.period_type, span.period, held.category, held.kind, held.word
),

period_text AS (
    SELECT
        period_type,
        period,
        category,
        record_count AS text_count,
        CASE WHEN reference_month_count > 0 THEN reference_count END AS reference_text_count,
        CAST(reference_month_count AS BIGINT) AS reference_month_count
    FROM counted
    WHERE kind = 'text' AND record_count > 0
),

word AS (
    SELECT *
    FROM counted
    WHERE kind <> 'text' AND record_count > 0
),

place AS (
    SELECT district AS word
    FROM ref.district
    UNION
    SELECT street AS word
    FROM ref.street
)

SELECT
    word.period_type,
    word.period,
    word.category,
    word.kind,
    word.word,
    place.word IS NOT NULL AS is_place,
    word.record_count,
    period_text.text_count,
    CAST(word.reference_count AS BIGINT) AS reference_count,
    CAST(coalesce(period_text.reference_text_count, 0) AS BIGINT) AS reference_text_count,
    period_text.reference_month_count,
    CAST(word.record_count AS DOUBLE) / period_text.text_count AS text_share,
    CAST(word.record_count AS DOUBLE) / period_text.text_count * word.idf AS idf_score,
    CASE
        WHEN period_text.reference_text_count > 0
            THEN CAST(word.record_count AS DOUBLE) / period_text.text_count
                * ln((CAST(1 AS DOUBLE) + period_text.reference_text_count) / (CAST(1 AS DOUBLE) + word.reference_count))
    END AS reference_score,
    CASE
        WHEN period_text.reference_text_count > 0
            THEN CAST(word.record_count AS DOUBLE) / period_text.text_count
                * ln(
                    (CAST(1 AS DOUBLE) + word.record_count) / (CAST(1 AS DOUBLE) + period_text.text_count)
                    * (CAST(1 AS DOUBLE) + period_text.reference_text_count) / (CAST(1 AS DOUBLE) + word.reference_count)
                )
    END AS rise_score,
    coalesce(
        period_text.reference_text_count > 0
        AND word.record_count >= 20
        AND word.reference_count = 0,
        FALSE
    ) AS is_new,
    word.caller_count
FROM word
JOIN period_text
    ON
        period_text.period_type = word.period_type
        AND period_text.period = word.period
        AND period_text.category = word.category
LEFT JOIN place ON place.word = word.word
