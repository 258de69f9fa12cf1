-- One row: a statistic in a month of records, and whether the month has the columns that it needs.
-- Key: metric, year, month.
-- The one place that says which columns a statistic cannot do without (needs: their names). is_asked
-- is false where the columns have no value: a month without valid call-backs lacks no outcomes.
WITH known AS (
    SELECT
        year, month,
        dispatch_count > 0 AS has_dispatch,
        caller_count > 0 AND subcategory_count > 0 AS has_caller_matter,
        caller_count > 0 AND topic_street_count > 0 AS has_caller_place,
        caller_count > 0 AND text_count > 0 AS has_caller_text,
        caller_count > 0 AS has_caller,
        closed_count > 0 AS has_closed,
        called_back_count > 0 AS has_call_back,
        contact_count > 0 AS has_contact,
        -- Who was not reached has no outcome.
        resolution_count > 0 OR reached_count = 0 AS has_resolution,
        satisfaction_count > 0 OR reached_count = 0 AS has_satisfaction
    FROM metric.column_held
)

SELECT
    'redispatched_count' AS metric, '派单' AS needs, year, month,
    has_dispatch AS is_known, TRUE AS is_asked
FROM known
UNION ALL
SELECT
    'repeat_call_count' AS metric, '来电号码、二级分类' AS needs, year, month,
    has_caller_matter AS is_known, TRUE AS is_asked
FROM known
UNION ALL
SELECT
    'reopened_count' AS metric, '来电号码、二级分类、办结时间' AS needs, year, month,
    has_caller_matter AND has_closed AS is_known, TRUE AS is_asked
FROM known
UNION ALL
SELECT
    'mass_matter_count' AS metric, '来电号码、三级分类、街乡镇' AS needs, year, month,
    has_caller_place AS is_known, TRUE AS is_asked
FROM known
UNION ALL
SELECT
    'copied_text_count' AS metric, '来电号码、文本' AS needs, year, month,
    has_caller_text AS is_known, TRUE AS is_asked
FROM known
UNION ALL
SELECT
    'caller_count' AS metric, '来电号码' AS needs, year, month,
    has_caller AS is_known, TRUE AS is_asked
FROM known
UNION ALL
SELECT
    'response_rate' AS metric, '是否联系' AS needs, year, month,
    has_contact AS is_known, has_call_back AS is_asked
FROM known
UNION ALL
SELECT
    'resolution_rate' AS metric, '是否解决' AS needs, year, month,
    has_resolution AS is_known, has_call_back AS is_asked
FROM known
UNION ALL
SELECT
    'satisfaction_rate' AS metric, '是否满意' AS needs, year, month,
    has_satisfaction AS is_known, has_call_back AS is_asked
FROM known
UNION ALL
SELECT
    'satisfaction_gap' AS metric, '是否解决、是否满意' AS needs, year, month,
    has_resolution AND has_satisfaction AS is_known, has_call_back AS is_asked
FROM known
UNION ALL
SELECT
    'composite_score' AS metric, '是否联系、是否解决、是否满意' AS needs, year, month,
    has_contact AND has_resolution AND has_satisfaction AS is_known, has_call_back AS is_asked
FROM known
