-- One row: a member that a comparison of periods takes under another key, since the register of changes
-- (metric.class_compared) ties its class to others.
-- Key: comparison, period_type, period, cut_key.
-- compared_key is cut_key itself where the class keeps its name; is_union: several classes are
-- compared together.
SELECT
    class.comparison,
    class.period_type,
    class.period,
    own.cut_key,
    compared.cut_key AS compared_key,
    class.is_union
FROM metric.class_compared AS class
JOIN metric.cut_member AS own
    ON
        own.category = class.category
        AND own.subcategory = class.subcategory
JOIN metric.cut_member AS compared
    ON
        compared.cut = own.cut
        AND compared.category = class.compared_category
        AND compared.subcategory = class.compared_subcategory
        AND compared.record_type = own.record_type
        AND compared.handling = own.handling
        AND compared.unit_type = own.unit_type
        AND compared.unit = own.unit
        AND compared.region = own.region
        AND compared.district = own.district
        AND compared.street = own.street
        AND compared.channel = own.channel
        AND compared.desk = own.desk
        AND compared.platform = own.platform
        AND compared.praise_form = own.praise_form
        AND compared.epidemic = own.epidemic
        AND compared.tag = own.tag
        AND compared.topic = own.topic
WHERE class.comparison <> 'reference'
