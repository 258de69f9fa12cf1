-- One row: the rates of a member of a cut in a period, by one convention, side by side, on the scope
-- of printed sections. Key: convention, period_type, period, and the dimensions from record_type to
-- tag.
-- called_back_count is the valid call-backs, taken from whichever rate is known; a rate of which the
-- records lack the column is null. before_ are the rates of the same months of the year before, by the
-- same convention. is_partial: the period is, or only some of its months have call-backs.
WITH beside AS (
    SELECT
        CAST(substring(figure.period, 1, 4) AS INTEGER) AS year,
        figure.convention,
        figure.scope,
        figure.period_type,
        figure.period,
        figure.cut_key,
        max(
            CASE
                WHEN metric IN ('response_rate', 'resolution_rate') THEN denominator
                WHEN metric = 'satisfaction_rate'
                    THEN CAST(denominator / weighted.weight_base AS BIGINT)
            END
        ) AS called_back_count,
        max(numerator) FILTER (WHERE metric = 'response_rate') AS response_numerator,
        max(denominator) FILTER (WHERE metric = 'response_rate') AS response_denominator,
        max(value) FILTER (WHERE metric = 'response_rate') AS response_rate,
        max(numerator) FILTER (WHERE metric = 'resolution_rate') AS resolution_numerator,
        max(denominator) FILTER (WHERE metric = 'resolution_rate') AS resolution_denominator,
        max(value) FILTER (WHERE metric = 'resolution_rate') AS resolution_rate,
        max(numerator) FILTER (WHERE metric = 'satisfaction_rate') AS satisfaction_numerator,
        max(denominator) FILTER (WHERE metric = 'satisfaction_rate') AS satisfaction_denominator,
        max(value) FILTER (WHERE metric = 'satisfaction_rate') AS satisfaction_rate,
        max(value) FILTER (WHERE metric = 'satisfaction_gap') AS satisfaction_gap,
        max(value) FILTER (WHERE metric = 'before_response_rate') AS before_response_rate,
        max(value) FILTER (WHERE metric = 'before_resolution_rate') AS before_resolution_rate,
        max(value) FILTER (WHERE metric = 'before_satisfaction_rate') AS before_satisfaction_rate,
        coalesce(bool_or(figure.is_partial) FILTER (WHERE metric NOT LIKE 'before%'), FALSE)
            AS is_partial
    FROM metric.figure_value AS figure
    JOIN ref.scope_use AS used ON used.scope = figure.scope AND used.purpose = 'section'
    LEFT JOIN ref.rate_convention AS weighted ON weighted.convention = figure.convention
    WHERE
        metric IN (
            'response_rate', 'resolution_rate', 'satisfaction_rate', 'satisfaction_gap',
            'before_response_rate', 'before_resolution_rate', 'before_satisfaction_rate'
        )
    GROUP BY 1, figure.convention, figure.scope, figure.period_type, figure.period, figure.cut_key
)

SELECT
    year, convention, scope, period_type, period, cut,
    record_type, category, subcategory, handling, unit_type, unit, region, district, street,
    channel, desk, platform, praise_form, epidemic, tag,
    called_back_count,
    response_numerator, response_denominator, response_rate,
    resolution_numerator, resolution_denominator, resolution_rate,
    satisfaction_numerator, satisfaction_denominator, satisfaction_rate, satisfaction_gap,
    before_response_rate, before_resolution_rate, before_satisfaction_rate, is_partial
FROM beside
JOIN metric.cut_member USING (cut_key)
