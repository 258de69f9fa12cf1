-- One row: the three rates and the score of all, or of a kind of unit (合计: all), in a month, quarter
-- or assessment month. Key: period_type, period, convention, unit_type.
-- Pooled over records, never a mean of units. previous_ is the period before by the same convention,
-- before_ the same one of the year before (by the convention of this year); null where they cannot
-- be compared, or where the call-backs lack the outcome (metric.known_period).
WITH pooled AS (
    SELECT
        figure.scope, figure.period_type, figure.period, figure.unit_type, rate.convention,
        max(figure.numerator) FILTER (WHERE figure.metric = 'response_rate') AS response_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'response_rate') AS response_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'response_rate') AS response_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'resolution_rate') AS resolution_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'satisfaction_rate') AS satisfaction_rate,
        max(figure.numerator) FILTER (WHERE figure.metric = 'composite_score') AS score_numerator,
        max(figure.denominator) FILTER (WHERE figure.metric = 'composite_score') AS score_denominator,
        max(figure.value) FILTER (WHERE figure.metric = 'composite_score') AS composite_score
    FROM metric.figure AS figure
    LEFT JOIN ref.composite_convention AS composite ON composite.composite = figure.convention
    JOIN ref.rate_convention AS rate
        ON
            rate.convention = CASE figure.metric
                WHEN 'composite_score' THEN composite.convention
                ELSE figure.convention
            END
    WHERE
        figure.period_type <> 'year'
        AND figure.cut IN ('total', 'unit_type')
        AND figure.metric IN (
            'response_rate', 'resolution_rate', 'satisfaction_rate', 'composite_score'
        )
    GROUP BY
        figure.scope, figure.period_type, figure.period, figure.unit_type, rate.convention
),

year_before AS (
    SELECT
        scope, period_type, period, unit_type, convention,
        max(value) FILTER (WHERE metric = 'before_response_rate') AS before_response_rate,
        max(value) FILTER (WHERE metric = 'before_resolution_rate') AS before_resolution_rate,
        max(value) FILTER (WHERE metric = 'before_satisfaction_rate') AS before_satisfaction_rate
    FROM metric.figure
    WHERE
        period_type <> 'year'
        AND cut IN ('total', 'unit_type')
        AND metric IN ('before_response_rate', 'before_resolution_rate', 'before_satisfaction_rate')
    GROUP BY scope, period_type, period, unit_type, convention
)

SELECT
    own.period_type,
    own.period,
    own.convention,
    CASE WHEN own.unit_type = '*' THEN '合计' ELSE own.unit_type END AS unit_type,
    coalesce(own.resolution_denominator, own.response_denominator) AS called_back_count,
    own.response_numerator,
    own.response_denominator,
    own.response_rate,
    previous.response_rate AS previous_response_rate,
    before.before_response_rate,
    own.resolution_numerator,
    own.resolution_denominator,
    own.resolution_rate,
    previous.resolution_rate AS previous_resolution_rate,
    before.before_resolution_rate,
    own.satisfaction_numerator,
    own.satisfaction_denominator,
    own.satisfaction_rate,
    previous.satisfaction_rate AS previous_satisfaction_rate,
    before.before_satisfaction_rate,
    own.score_numerator,
    own.score_denominator,
    own.composite_score,
    previous.composite_score AS previous_composite_score,
    reported.is_partial
FROM pooled AS own
JOIN ref.scope_use AS used ON used.scope = own.scope AND used.purpose = 'section'
JOIN metric.reported_period AS reported
    ON
        reported.period_type = own.period_type
        AND reported.period = own.period
        AND reported.scope = own.scope
LEFT JOIN pooled AS previous
    ON
        reported.has_previous
        AND previous.scope = own.scope
        AND previous.period_type = own.period_type
        AND previous.period = reported.previous_period
        AND previous.convention = own.convention
        AND previous.unit_type = own.unit_type
LEFT JOIN year_before AS before
    ON
        reported.has_before
        AND before.scope = own.scope
        AND before.period_type = own.period_type
        AND before.period = own.period
        AND before.convention = own.convention
        AND before.unit_type = own.unit_type
LEFT JOIN ref.member AS known
    ON known.dimension = 'unit_type' AND known.member = own.unit_type
ORDER BY
    own.period_type,
    own.period,
    own.convention,
    CASE WHEN own.unit_type = '*' THEN 0 ELSE 1 END,
    known.sort_order NULLS LAST,
    own.unit_type
