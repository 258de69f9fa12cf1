-- One row is one claim that a figure is above another figure of the same key.
-- Key: claim.
--
-- With a dimension, it is said of its `printed` largest members by records.
WITH pair AS (
    SELECT
        claim.claim,
        claim.printed,
        claim.dimension,
        CASE claim.dimension
            WHEN '' THEN '*'
            WHEN 'record_type' THEN more.record_type
            WHEN 'category' THEN more.category
            WHEN 'subcategory' THEN more.subcategory
            WHEN 'handling' THEN more.handling
            WHEN 'unit_type' THEN more.unit_type
            WHEN 'unit' THEN more.unit
            WHEN 'region' THEN more.region
            WHEN 'district' THEN more.district
            WHEN 'street' THEN more.street
            WHEN 'channel' THEN more.channel
            WHEN 'desk' THEN more.desk
            WHEN 'platform' THEN more.platform
            WHEN 'praise_form' THEN more.praise_form
            WHEN 'epidemic' THEN more.epidemic
            WHEN 'tag' THEN more.tag
        END AS member,
        more.numerator AS more_numerator,
        more.denominator AS more_denominator,
        less.numerator AS less_numerator,
        less.denominator AS less_denominator,
        more.value AS more_value,
        less.value AS less_value,
        coalesce(volume.numerator, 0) AS record_count,
        more.is_partial
    FROM published.claim AS claim
    INNER JOIN metric.figure AS more
        ON
            claim.metric = more.metric
            AND claim.method_version = more.method_version
            AND claim.convention = more.convention
            AND claim.scope = more.scope
            AND claim.date_basis = more.date_basis
            AND claim.period_type = more.period_type
            AND claim.period = more.period
            AND (claim.dimension = 'record_type' OR claim.record_type = more.record_type)
            AND (claim.dimension = 'category' OR claim.category = more.category)
            AND (claim.dimension = 'subcategory' OR claim.subcategory = more.subcategory)
            AND (claim.dimension = 'handling' OR claim.handling = more.handling)
            AND (claim.dimension = 'unit_type' OR claim.unit_type = more.unit_type)
            AND (claim.dimension = 'unit' OR claim.unit = more.unit)
            AND (claim.dimension = 'region' OR claim.region = more.region)
            AND (claim.dimension = 'district' OR claim.district = more.district)
            AND (claim.dimension = 'street' OR claim.street = more.street)
            AND (claim.dimension = 'channel' OR claim.channel = more.channel)
            AND (claim.dimension = 'desk' OR claim.desk = more.desk)
            AND (claim.dimension = 'platform' OR claim.platform = more.platform)
            AND (claim.dimension = 'praise_form' OR claim.praise_form = more.praise_form)
            AND (claim.dimension = 'epidemic' OR claim.epidemic = more.epidemic)
            AND (claim.dimension = 'tag' OR claim.tag = more.tag)
    INNER JOIN metric.figure AS less
        ON
            claim.members = less.metric
            AND more.method_version = less.method_version
            AND more.convention = less.convention
            AND more.scope = less.scope
            AND more.date_basis = less.date_basis
            AND more.period_type = less.period_type
            AND more.period = less.period
            AND more.cut = less.cut
            AND more.record_type = less.record_type
            AND more.category = less.category
            AND more.subcategory = less.subcategory
            AND more.handling = less.handling
            AND more.unit_type = less.unit_type
            AND more.unit = less.unit
            AND more.region = less.region
            AND more.district = less.district
            AND more.street = less.street
            AND more.channel = less.channel
            AND more.desk = less.desk
            AND more.platform = less.platform
            AND more.praise_form = less.praise_form
            AND more.epidemic = less.epidemic
            AND more.tag = less.tag
    LEFT JOIN metric.figure AS volume
        ON
            volume.metric = 'record_count'
            AND volume.convention = '-'
            AND more.scope = volume.scope
            AND more.period_type = volume.period_type
            AND more.period = volume.period
            AND more.cut = volume.cut
            AND more.record_type = volume.record_type
            AND more.category = volume.category
            AND more.subcategory = volume.subcategory
            AND more.handling = volume.handling
            AND more.unit_type = volume.unit_type
            AND more.unit = volume.unit
            AND more.region = volume.region
            AND more.district = volume.district
            AND more.street = volume.street
            AND more.channel = volume.channel
            AND more.desk = volume.desk
            AND more.platform = volume.platform
            AND more.praise_form = volume.praise_form
            AND more.epidemic = volume.epidemic
            AND more.tag = volume.tag
    WHERE claim.relation = 'above'
),

ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY claim ORDER BY record_count DESC, member) AS place
    FROM pair
    WHERE member <> '?' AND (dimension = '' OR member <> '*')
),

chosen AS (
    SELECT
        *,
        CAST(more_numerator AS DECIMAL(19, 0)) * CAST(less_denominator AS DECIMAL(19, 0))
        > CAST(less_numerator AS DECIMAL(19, 0)) * CAST(more_denominator AS DECIMAL(19, 0))
            AS is_above
    FROM ranked
    WHERE dimension = '' OR place <= CAST(nullif(printed, '') AS INTEGER)
),

judged AS (
    SELECT
        claim,
        count(*) AS found_count,
        count(*) FILTER (WHERE is_above) AS above_count,
        bool_or(is_partial) AS is_partial,
        string_agg(
            member || '=' || CAST(more_value AS STRING) || '>' || CAST(less_value AS STRING),
            '|'
            ORDER BY place
        ) AS computed
    FROM chosen
    GROUP BY claim
)

SELECT
    claim.claim,
    CAST(judged.above_count AS BIGINT) AS numerator,
    CAST(judged.found_count AS BIGINT) AS denominator,
    CAST(NULL AS DECIMAL(18, 8)) AS value,
    judged.computed,
    coalesce(
        claim.dimension = '' OR judged.found_count = CAST(nullif(claim.printed, '') AS INTEGER),
        FALSE
    )
    AND judged.found_count IS NOT NULL AS is_computed,
    coalesce(judged.is_partial, FALSE) AS is_partial,
    FALSE AS is_empty,
    judged.above_count = judged.found_count AS is_inside
FROM published.claim AS claim
LEFT JOIN judged ON judged.claim = claim.claim
WHERE claim.relation = 'above'
