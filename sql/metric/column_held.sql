-- One row: what the records of a month hold in the columns that a dump may lack. Key: year, month.
-- materialised per partition
-- A column that no record of the month fills is not there: a count that needs it is unknown, not 0
-- (metric.known_month). Outcomes are looked for on valid call-backs, where they count.
WITH held AS (
    SELECT
        year, month,
        count(*) AS record_count,
        count(caller_hash) AS caller_count,
        count(*) FILTER (WHERE handling = '派单' OR unit <> '?' OR dispatched_at IS NOT NULL)
            AS dispatch_count,
        count(*) FILTER (WHERE subcategory <> '?') AS subcategory_count,
        count(*) FILTER (WHERE topic <> '?' AND place_street <> '?') AS topic_street_count,
        count(closed_at) AS closed_count,
        count(*) FILTER (WHERE is_called_back) AS called_back_count,
        count(*) FILTER (WHERE is_called_back AND is_contacted IS NOT NULL) AS contact_count,
        count(*) FILTER (WHERE is_called_back AND coalesce(is_contacted, TRUE)) AS reached_count,
        count(*) FILTER (WHERE is_called_back AND resolution <> '?') AS resolution_count,
        count(*) FILTER (WHERE is_called_back AND satisfaction <> '?') AS satisfaction_count
    FROM core.record
    GROUP BY year, month
),

texts AS (
    SELECT year, month, count(*) AS text_count
    FROM source.text_print
    GROUP BY year, month
)

SELECT
    held.*,
    coalesce(texts.text_count, 0) AS text_count
FROM held
LEFT JOIN texts ON texts.year = held.year AND texts.month = held.month
