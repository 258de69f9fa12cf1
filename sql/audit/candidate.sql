-- One row is a member that a claim over a dimension could have named, with its figure.
-- Key: claim, member.
--
-- Members are compared by value for claims over periods (a course, a peak) and over the members of
-- any other dimension alike; in a claim over the months, all months of its year are candidates.
SELECT
    claim.claim,
    claim.relation,
    claim.dimension,
    claim.members,
    length(claim.members) - length(replace(claim.members, '|', '')) + 1 AS named_count,
    instr('|' || claim.members || '|', '|' || figure_member.member || '|') > 0 AS is_named,
    instr('|' || claim.members || '|', '|' || figure_member.member || '|') AS named_at,
    claim.lower,
    claim.upper,
    figure_member.member,
    figure_member.district,
    CAST(figure_member.numerator AS DECIMAL(19, 0)) AS numerator,
    CAST(figure_member.denominator AS DECIMAL(19, 0)) AS denominator,
    CAST(figure_member.value AS DECIMAL(18, 8)) AS value,
    figure_member.is_partial
FROM published.claim AS claim
INNER JOIN (
    SELECT
        listed.claim,
        figure.district,
        figure.numerator,
        figure.denominator,
        figure.value,
        figure.is_partial,
        CASE listed.dimension
            WHEN 'period' THEN figure.period
            WHEN 'record_type' THEN figure.record_type
            WHEN 'category' THEN figure.category
            WHEN 'subcategory' THEN figure.subcategory
            WHEN 'handling' THEN figure.handling
            WHEN 'unit_type' THEN figure.unit_type
            WHEN 'unit' THEN figure.unit
            WHEN 'region' THEN figure.region
            WHEN 'district' THEN figure.district
            WHEN 'channel' THEN figure.channel
            WHEN 'desk' THEN figure.desk
            WHEN 'platform' THEN figure.platform
            WHEN 'praise_form' THEN figure.praise_form
            WHEN 'epidemic' THEN figure.epidemic
            WHEN 'tag' THEN figure.tag
            -- Two districts have a street of the same name: a street is named by both.
            WHEN 'street'
                THEN CASE
                    WHEN figure.district IN ('*', '?') OR figure.street IN ('*', '?') THEN '?'
                    ELSE figure.district || '/' || figure.street
                END
        END AS member
    FROM published.claim AS listed
    INNER JOIN metric.figure AS figure
        ON
            listed.metric = figure.metric
            AND listed.method_version = figure.method_version
            AND listed.convention = figure.convention
            AND listed.scope = figure.scope
            AND listed.date_basis = figure.date_basis
            AND listed.period_type = figure.period_type
            AND (
                listed.period = figure.period
                OR listed.dimension = 'period'
                AND (
                    listed.period = substring(figure.period, 1, 4)
                    OR instr('|' || listed.members || '|', '|' || figure.period || '|') > 0
                )
            )
            AND (listed.dimension = 'record_type' OR listed.record_type = figure.record_type)
            AND (listed.dimension = 'category' OR listed.category = figure.category)
            AND (listed.dimension = 'subcategory' OR listed.subcategory = figure.subcategory)
            AND (listed.dimension = 'handling' OR listed.handling = figure.handling)
            AND (listed.dimension = 'unit_type' OR listed.unit_type = figure.unit_type)
            AND (listed.dimension = 'unit' OR listed.unit = figure.unit)
            AND (listed.dimension = 'region' OR listed.region = figure.region)
            AND (listed.dimension = 'channel' OR listed.channel = figure.channel)
            AND (listed.dimension = 'desk' OR listed.desk = figure.desk)
            AND (listed.dimension = 'platform' OR listed.platform = figure.platform)
            AND (listed.dimension = 'praise_form' OR listed.praise_form = figure.praise_form)
            AND (listed.dimension = 'epidemic' OR listed.epidemic = figure.epidemic)
            AND (listed.dimension = 'tag' OR listed.tag = figure.tag)
            AND (listed.dimension IN ('district', 'street') OR listed.district = figure.district)
            AND (listed.dimension = 'street' OR listed.street = figure.street)
    WHERE listed.dimension <> '' AND listed.relation <> 'above'
) AS figure_member
    ON claim.claim = figure_member.claim
WHERE figure_member.member NOT IN ('*', '?')
