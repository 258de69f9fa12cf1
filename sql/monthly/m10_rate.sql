-- One row: the three rates and the score of all, or of a kind of unit (合计: all), in a month, quarter
-- or assessment month. Key: period_type, period, convention, unit_type.
-- Pooled over records, never a mean of units. previous_ is the period before by the same convention,
-- before_ the same one of the year before (by the convention of this year); null where they cannot
-- be compared, or where the call-backs lack the outcome (metric.known_period) or only some months
-- have them (metric.column_gap).
WITH score AS (
    SELECT
        figure.period_type, figure.period, figure.scope, figure.cut, figure.unit_type,
        composite.convention,
        figure.numerator AS score_numerator,
        figure.denominator AS score_denominator,
        figure.value AS composite_score
    FROM metric.figure AS figure
    JOIN ref.composite_convention AS composite ON composite.composite = figure.convention
    WHERE figure.metric = 'composite_score' AND figure.cut IN ('total', 'unit_type')
),

pooled AS (
    SELECT
        rated.*,
        score.score_numerator, score.score_denominator, score.composite_score,
        called.period IS NOT NULL AS is_called_in_part
    FROM metric.section_rate AS rated
    LEFT JOIN score
        ON
            score.period_type = rated.period_type
            AND score.period = rated.period
            AND score.scope = rated.scope
            AND score.cut = rated.cut
            AND score.unit_type = rated.unit_type
            AND score.convention = rated.convention
    LEFT JOIN metric.column_gap AS called
        ON
            called.column_name = 'call_back'
            AND called.period_type = rated.period_type
            AND called.period = rated.period
            AND called.known_month_count > 0
    WHERE rated.cut IN ('total', 'unit_type')
)

SELECT
    own.period_type,
    own.period,
    own.convention,
    CASE WHEN own.unit_type = '*' THEN '合计' ELSE own.unit_type END AS unit_type,
    own.called_back_count,
    own.response_numerator,
    own.response_denominator,
    own.response_rate,
    previous.response_rate AS previous_response_rate,
    CASE WHEN reported.has_before THEN own.before_response_rate END AS before_response_rate,
    own.resolution_numerator,
    own.resolution_denominator,
    own.resolution_rate,
    previous.resolution_rate AS previous_resolution_rate,
    CASE WHEN reported.has_before THEN own.before_resolution_rate END AS before_resolution_rate,
    own.satisfaction_numerator,
    own.satisfaction_denominator,
    own.satisfaction_rate,
    previous.satisfaction_rate AS previous_satisfaction_rate,
    CASE WHEN reported.has_before THEN own.before_satisfaction_rate END AS before_satisfaction_rate,
    own.score_numerator,
    own.score_denominator,
    own.composite_score,
    previous.composite_score AS previous_composite_score,
    reported.is_partial OR own.is_partial AS is_partial
FROM pooled AS own
JOIN metric.section_period AS reported
    ON
        reported.period_type = own.period_type
        AND reported.period = own.period
        AND reported.scope = own.scope
LEFT JOIN pooled AS previous
    ON
        reported.has_previous
        AND NOT own.is_called_in_part
        AND NOT previous.is_called_in_part
        AND previous.scope = own.scope
        AND previous.period_type = own.period_type
        AND previous.period = reported.previous_period
        AND previous.convention = own.convention
        AND previous.unit_type = own.unit_type
LEFT JOIN ref.member AS known
    ON known.dimension = 'unit_type' AND known.member = own.unit_type
ORDER BY
    own.period_type, own.period, own.convention, own.unit_type <> '*', known.sort_order NULLS LAST,
    own.unit_type
