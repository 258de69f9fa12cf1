-- One row: a district, or a street or town, in a month, quarter or assessment month, by composite
-- score and by volume, with the lists that it is on. Key: place, scope, period_type, period,
-- convention, district, street.
-- Lists are data: ref.list_rule says by which measure, how many at most, and that a list is at most
-- the part_count-th part of those that are ranked, so that in a small city nobody is both first and
-- last. By score are named only those that differ from their kind beyond chance, and as gained only
-- those whose gain is beyond chance (against_kind and has_gained of metric.unit_score), in the order
-- of the shrunken score or its gain: a small place's score moves most by chance. Nobody may be so. A
-- gain is given where both periods can be compared, by one convention, and the place is ranked in
-- both. Equal ones go by volume of call-backs and then by name. A list's number is null for who is
-- not on it. score_rank is the rank by the exact score, as in metric.unit_rank.
WITH handled AS (
    SELECT
        '区' AS place, scope, period_type, period, district, '*' AS street, record_count
    FROM metric.changed
    WHERE metric = 'district_handled_count' AND cut = 'district' AND NOT is_rest
    UNION ALL
    SELECT
        '街乡镇' AS place, scope, period_type, period, district, street, record_count
    FROM metric.changed
    WHERE
        metric = 'record_count'
        AND cut = 'unit_type district street'
        AND NOT is_rest
        AND street <> '?'
),

score AS (
    SELECT
        CASE judged.unit_type WHEN '*' THEN '区' ELSE '街乡镇' END AS place,
        scope,
        period_type,
        period,
        convention,
        district,
        street,
        figure.numerator AS score_numerator,
        figure.denominator AS score_denominator,
        figure.value AS composite_score,
        judged.called_back_count,
        judged.is_ranked,
        judged.low_score,
        judged.high_score,
        judged.kind_score,
        judged.shrunken_score,
        judged.against_kind,
        judged.has_gained
    FROM metric.figure_value AS figure
    JOIN metric.unit_score AS judged USING (convention, scope, period_type, period, cut_key)
    WHERE
        figure.metric = 'composite_score'
        AND period_type <> 'year'
        AND judged.unit_type IN ('*', '街乡镇')
),

-- Every place has one row a convention, also one that was never called back.
held AS (
    SELECT handled.*, coalesce(used.convention, '-') AS convention
    FROM handled
    LEFT JOIN (SELECT DISTINCT place, scope, period_type, period, convention FROM score) AS used
        ON
            used.place = handled.place
            AND used.scope = handled.scope
            AND used.period_type = handled.period_type
            AND used.period = handled.period
),

placed AS (
    SELECT
        handled.place,
        handled.scope,
        handled.period_type,
        handled.period,
        handled.convention,
        handled.district,
        handled.street,
        handled.record_count,
        own.score_numerator,
        own.score_denominator,
        own.composite_score,
        own.called_back_count,
        own.low_score,
        own.high_score,
        own.kind_score,
        own.shrunken_score,
        own.against_kind,
        coalesce(own.is_ranked, FALSE) AS is_ranked,
        coalesce(own.has_gained, FALSE) AS has_gained,
        previous.composite_score AS previous_composite_score,
        previous.called_back_count AS previous_called_back_count,
        CAST(own.shrunken_score - previous.shrunken_score AS DECIMAL(18, 8)) AS shrunken_gain,
        CASE
            WHEN own.is_ranked AND previous.is_ranked
                THEN CAST(own.composite_score - previous.composite_score AS DECIMAL(18, 8))
        END AS score_gain
    FROM held AS handled
    JOIN metric.reported_period AS reported
        ON
            reported.scope = handled.scope
            AND reported.period_type = handled.period_type
            AND reported.period = handled.period
    LEFT JOIN score AS own
        ON
            own.place = handled.place
            AND own.convention = handled.convention
            AND own.scope = handled.scope
            AND own.period_type = handled.period_type
            AND own.period = handled.period
            AND own.district = handled.district
            AND own.street = handled.street
    LEFT JOIN score AS previous
        ON
            reported.has_previous
            AND previous.place = handled.place
            AND previous.scope = handled.scope
            AND previous.period_type = handled.period_type
            AND previous.period = reported.previous_period
            AND previous.convention = handled.convention
            AND previous.district = handled.district
            AND previous.street = handled.street
),

-- Each measure's order; who has no such measure, or is not to be named by it, has none.
measured AS (
    SELECT
        *, 'score' AS measure, coalesce(against_kind = '高于', FALSE) AS is_measured,
        -shrunken_score AS weight
    FROM placed
    UNION ALL
    SELECT
        *, 'low_score' AS measure, coalesce(against_kind = '低于', FALSE) AS is_measured,
        shrunken_score AS weight
    FROM placed
    UNION ALL
    SELECT *, 'gain' AS measure, has_gained AS is_measured, -shrunken_gain AS weight
    FROM placed
    UNION ALL
    SELECT
        *, 'volume' AS measure, record_count > 0 AS is_measured,
        -CAST(record_count AS DECIMAL(18, 0)) AS weight
    FROM placed
),

numbered AS (
    SELECT
        measured.*,
        row_number() OVER (
            PARTITION BY place, scope, period_type, period, convention, measure, is_measured
            ORDER BY weight, called_back_count DESC NULLS LAST, district, street
        ) AS list_number,
        row_number() OVER (
            PARTITION BY place, scope, period_type, period, convention, measure, is_ranked
            ORDER BY composite_score DESC, called_back_count DESC, district, street
        ) AS score_number,
        sum(CASE WHEN is_ranked OR measure = 'volume' THEN 1 ELSE 0 END) OVER (
            PARTITION BY place, scope, period_type, period, convention, measure
        ) AS place_count
    FROM measured
),

listed AS (
    SELECT
        numbered.*,
        CASE
            WHEN
                numbered.is_measured
                AND numbered.list_number <= list_rule.list_count
                AND numbered.list_number * list_rule.part_count <= numbered.place_count
                THEN numbered.list_number
        END AS shown_number
    FROM numbered
    LEFT JOIN ref.list_rule AS list_rule
        ON
            list_rule.place = numbered.place
            AND list_rule.measure = numbered.measure
)

SELECT
    place,
    scope,
    period_type,
    period,
    convention,
    district,
    street,
    record_count,
    called_back_count,
    score_numerator,
    score_denominator,
    composite_score,
    low_score,
    high_score,
    kind_score,
    shrunken_score,
    against_kind,
    is_ranked,
    previous_composite_score,
    previous_called_back_count,
    score_gain,
    has_gained,
    max(score_number) FILTER (WHERE measure = 'score' AND is_ranked) AS score_rank,
    max(shown_number) FILTER (WHERE measure = 'score') AS advanced_number,
    max(shown_number) FILTER (WHERE measure = 'gain') AS improved_number,
    max(shown_number) FILTER (WHERE measure = 'low_score') AS remedial_number,
    max(shown_number) FILTER (WHERE measure = 'volume') AS priority_number
FROM listed
GROUP BY
    place, scope, period_type, period, convention, district, street, record_count, called_back_count,
    score_numerator, score_denominator, composite_score, low_score, high_score, kind_score,
    shrunken_score, against_kind, is_ranked, previous_composite_score, previous_called_back_count,
    score_gain, has_gained
