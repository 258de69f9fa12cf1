-- One row is one claim of the course of a series, with the series and whether it runs that way.
-- Key: claim.
--
-- Each word has one rule (data/README.md). rises, falls: the least-squares slope over the named
-- periods; the two _steadily: every step; rises_then_falls: the highest period is within, the
-- slope up to it rises and from it falls; higher, lower: the mean of the named months against the
-- month before them (much_: by the rule much_change at least); high: every named month above the mean of the other months
-- of the year; concentrated: the mean of the named ones above that mean; level: every named period
-- within the printed interval, judged exactly.
WITH bound AS (
    SELECT max(CAST(10000 * CAST(value AS DECIMAL(18, 8)) AS BIGINT)) AS much_change
    FROM ref.report_rule
    WHERE rule = 'much_change'
),

point AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY claim ORDER BY member) - 1 AS place,
        lag(value) OVER (PARTITION BY claim ORDER BY member) AS value_before,
        max(value) OVER (PARTITION BY claim) AS highest,
        lower * denominator <= numerator
        AND (upper IS NULL OR numerator < upper * denominator) AS is_level
    FROM audit.candidate
    WHERE dimension = 'period' AND is_named
),

peak AS (
    SELECT
        claim,
        min(place) AS peak_place
    FROM point
    WHERE value = highest
    GROUP BY claim
),

-- The months of the same year that are not named, and the one just before the first named one.
rest AS (
    SELECT
        candidate.claim,
        sum(candidate.value) AS rest_sum,
        count(*) AS rest_count,
        max(
            CASE
                WHEN
                    CAST(nullif(substring(candidate.member, 6, 2), '') AS INTEGER)
                    = CAST(nullif(substring(candidate.members, 6, 2), '') AS INTEGER) - 1
                    THEN candidate.value
            END
        ) AS base_value,
        bool_or(candidate.is_partial) AS is_partial
    FROM audit.candidate AS candidate
    WHERE candidate.dimension = 'period' AND NOT candidate.is_named
    GROUP BY candidate.claim
),

measured AS (
    SELECT
        point.claim,
        max(point.relation) AS relation,
        max(point.named_count) AS named_count,
        count(*) AS found_count,
        string_agg(
            point.member || '=' || CAST(point.value AS STRING), '|' ORDER BY point.member
        ) AS computed,
        bool_or(point.is_partial) AS is_partial,
        sum((2 * point.place - (point.named_count - 1)) * point.value) AS slope,
        sum(
            CASE
                WHEN point.place <= peak.peak_place
                    THEN (2 * point.place - peak.peak_place) * point.value
                ELSE 0
            END
        ) AS slope_up,
        sum(
            CASE
                WHEN point.place >= peak.peak_place
                    THEN
                        (
                            2 * (point.place - peak.peak_place)
                            - (point.named_count - 1 - peak.peak_place)
                        ) * point.value
                ELSE 0
            END
        ) AS slope_down,
        max(peak.peak_place) AS peak_place,
        coalesce(bool_and(point.value > point.value_before), FALSE) AS is_rising,
        coalesce(bool_and(point.value < point.value_before), FALSE) AS is_falling,
        coalesce(bool_and(point.is_level), FALSE) AS is_level,
        sum(point.value) AS named_sum,
        min(point.value) AS least_value
    FROM point
    INNER JOIN peak ON peak.claim = point.claim
    GROUP BY point.claim
),

judged AS (
    SELECT
        measured.*,
        rest.rest_count,
        rest.base_value,
        measured.is_partial OR coalesce(rest.is_partial, FALSE) AS is_any_partial,
        CASE measured.relation
            WHEN 'rises' THEN measured.slope > 0
            WHEN 'falls' THEN measured.slope < 0
            WHEN 'rises_steadily' THEN measured.is_rising
            WHEN 'falls_steadily' THEN measured.is_falling
            WHEN 'rises_then_falls'
                THEN
                    measured.peak_place > 0
                    AND measured.peak_place < measured.named_count - 1
                    AND measured.slope_up > 0
                    AND measured.slope_down < 0
            WHEN 'higher' THEN measured.named_sum > measured.named_count * rest.base_value
            WHEN 'lower' THEN measured.named_sum < measured.named_count * rest.base_value
            WHEN 'much_higher'
                THEN
                    10000 * measured.named_sum
                    >= (10000 + bound.much_change) * measured.named_count * rest.base_value
            WHEN 'much_lower'
                THEN
                    10000 * measured.named_sum
                    <= (10000 - bound.much_change) * measured.named_count * rest.base_value
            WHEN 'high' THEN rest.rest_count * measured.least_value > rest.rest_sum
            WHEN 'concentrated'
                THEN rest.rest_count * measured.named_sum > measured.named_count * rest.rest_sum
            WHEN 'level' THEN measured.is_level
        END AS is_inside
    FROM measured
    CROSS JOIN bound
    LEFT JOIN rest ON rest.claim = measured.claim
)

SELECT
    claim.claim,
    CAST(NULL AS BIGINT) AS numerator,
    CAST(NULL AS BIGINT) AS denominator,
    CAST(NULL AS DECIMAL(18, 8)) AS value,
    judged.computed,
    coalesce(judged.found_count = judged.named_count AND judged.is_inside IS NOT NULL, FALSE)
        AS is_computed,
    coalesce(judged.is_any_partial, FALSE)
    OR claim.period_type = 'month'
    AND judged.found_count + coalesce(judged.rest_count, 0) < 12 AS is_partial,
    FALSE AS is_empty,
    judged.is_inside
FROM published.claim AS claim
LEFT JOIN judged ON judged.claim = claim.claim
WHERE
    claim.relation IN (
        'rises', 'falls', 'rises_steadily', 'falls_steadily', 'rises_then_falls', 'higher', 'lower',
        'much_higher', 'much_lower', 'high', 'concentrated', 'level'
    )
