-- One row is one claim of a single figure, with the figure and whether it is in the interval.
-- Key: claim.
--
-- A value means an interval [lower, upper), so it is judged by lower * denominator <= numerator
-- < upper * denominator in exact decimals: a quotient of doubles fails at the edges.
WITH computed_cut AS (
    -- Only counts and shares: a cell without records is a true 0 there, but no growth and no rate.
    SELECT
        metric, method_version, convention, scope, date_basis, period_type, period, cut,
        bool_or(is_partial) AS is_partial
    FROM metric.figure
    WHERE
        (metric LIKE '%_count' OR metric LIKE '%_share') AND metric NOT LIKE 'growth_%'
        -- A cut that holds nothing but unknowns (a dump without the column) was not computed.
        AND '?' NOT IN (
            record_type, category, subcategory, handling, unit_type, unit, region, district,
            street, channel, desk, platform, praise_form, epidemic, tag
        )
    GROUP BY metric, method_version, convention, scope, date_basis, period_type, period, cut
),

value_figure AS (
    SELECT
        claim.claim,
        coalesce(figure.numerator, CASE WHEN computed_cut.cut IS NOT NULL THEN 0 END) AS numerator,
        coalesce(figure.denominator, CASE WHEN computed_cut.metric LIKE '%_count' THEN 1 END)
            AS denominator,
        coalesce(figure.value, CASE WHEN computed_cut.cut IS NOT NULL THEN 0 END) AS value,
        CAST(coalesce(figure.numerator, 0) AS DECIMAL(19, 0)) AS exact_numerator,
        CAST(coalesce(figure.denominator, 1) AS DECIMAL(19, 0)) AS exact_denominator,
        CAST(claim.lower AS DECIMAL(18, 8)) AS lower,
        CAST(claim.upper AS DECIMAL(18, 8)) AS upper,
        coalesce(figure.is_partial, computed_cut.is_partial, FALSE) AS is_partial,
        figure.numerator IS NOT NULL OR computed_cut.cut IS NOT NULL AS is_computed,
        figure.numerator IS NULL AND computed_cut.cut IS NOT NULL AS is_empty
    FROM published.claim AS claim
    LEFT JOIN metric.figure AS figure
    USING (
        metric, method_version, convention, scope, date_basis, period_type, period,
        record_type, category, subcategory, handling, unit_type, unit, region, district, street,
        channel, desk, platform, praise_form, epidemic, tag
    )
    LEFT JOIN computed_cut
        ON
            claim.metric = computed_cut.metric
            AND claim.method_version = computed_cut.method_version
            AND claim.convention = computed_cut.convention
            AND claim.scope = computed_cut.scope
            AND claim.date_basis = computed_cut.date_basis
            AND claim.period_type = computed_cut.period_type
            AND claim.period = computed_cut.period
            AND claim.cut = computed_cut.cut
    WHERE claim.relation IN ('equals', 'at_least')
)

SELECT
    claim,
    numerator,
    denominator,
    value,
    CAST(NULL AS STRING) AS computed,
    is_computed,
    is_partial,
    is_empty,
    lower * exact_denominator <= exact_numerator
    AND (upper IS NULL OR exact_numerator < upper * exact_denominator) AS is_inside
FROM value_figure
