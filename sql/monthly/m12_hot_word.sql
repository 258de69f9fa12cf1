-- One row: a hot word or phrase of a month, quarter or assessment month, over all categories.
-- Key: period_type, period, kind, rank.
-- computed when asked
-- The first words of each kind (rule bulletin_word_count) by rise_score, of those that rose; without
-- months to compare with, by idf_score. Names of places are no hot words: areas are given by counts.
-- A word of few callers is none (rule bulletin_word_min_callers), for it could be one caller's matter.
-- New ones (is_new) are listed in any case, after the others if need be. What a quarter and an assessment
-- month add up: see metric.hot_word.
WITH ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY period_type, period, kind
            ORDER BY rise_score DESC NULLS LAST, idf_score DESC NULLS LAST, record_count DESC, word
        ) AS rank
    FROM metric.hot_word
    WHERE
        category = '*'
        AND NOT is_place
        AND (rise_score > 0 OR rise_score IS NULL)
        AND caller_count >= (
            SELECT CAST(max(value) AS BIGINT)
            FROM ref.report_rule
            WHERE rule = 'bulletin_word_min_callers'
        )
)

SELECT
    ranked.period_type,
    ranked.period,
    ranked.kind,
    ranked.rank,
    ranked.word,
    ranked.record_count,
    ranked.record_count AS share_numerator,
    ranked.text_count AS share_denominator,
    ranked.text_share,
    ranked.reference_count,
    ranked.reference_text_count,
    CASE
        WHEN ranked.reference_text_count > 0
            THEN CAST(ranked.reference_count AS DOUBLE) / ranked.reference_text_count
    END AS reference_share,
    ranked.reference_month_count,
    ranked.rise_score,
    ranked.is_new
FROM ranked
LEFT JOIN ref.report_rule AS rule ON rule.rule = 'bulletin_word_count'
WHERE rule.value IS NULL OR ranked.rank <= CAST(rule.value AS BIGINT) OR ranked.is_new
ORDER BY ranked.period_type, ranked.period, ranked.kind, ranked.rank
