-- One row: a record that may be printed as a typical case of a month, quarter or assessment month, on the scope of printed sections.
-- Key: scope, period_type, period, list_number.
-- The three largest topics of the largest category (known ones first) that have a case, one each: the
-- record with the least lot (metric.case_candidate) among the period's parts and the scope's tiers. A topic of few
-- records (rule bulletin_case_min_count) has none: its case would point at a person. None is printed before
-- somebody releases it (monthly.m14_case).
WITH largest AS (
    SELECT scope, period_type, period, category
    FROM metric.changed
    WHERE metric = 'record_count' AND cut = 'category' AND rank = 1 AND NOT is_rest
),

topic AS (
    SELECT
        scope, period_type, period, category, changed.subcategory,
        changed.topic, changed.rank AS topic_rank, changed.record_count AS topic_count
    FROM metric.changed AS changed
    JOIN largest USING (scope, period_type, period, category)
    WHERE
        changed.metric = 'record_count'
        AND changed.cut = 'category subcategory topic'
        AND changed.topic <> '未登记'
        AND changed.record_count >= (
            SELECT CAST(max(value) AS BIGINT)
            FROM ref.report_rule
            WHERE rule = 'bulletin_case_min_count'
        )
),

drawn AS (
    SELECT
        topic.*,
        candidate.record_id, candidate.received_at, candidate.closed_at, candidate.district,
        candidate.unit_type, candidate.unit, candidate.satisfaction,
        row_number() OVER (
            PARTITION BY topic.scope, topic.period_type, topic.period, topic.topic_rank
            ORDER BY candidate.lot, candidate.record_id
        ) AS draw_number
    FROM topic
    JOIN metric.period_part AS part
        ON part.period_type = topic.period_type AND part.period = topic.period
    JOIN metric.scope AS scope ON scope.scope = topic.scope AND scope.year = part.part_year
    JOIN metric.case_candidate AS candidate
        ON
            candidate.year = part.part_year
            AND candidate.month = part.part_month
            AND candidate.month_part = part.month_part
            AND candidate.scope_tier = scope.scope_tier
            AND candidate.category = topic.category
            AND candidate.subcategory = topic.subcategory
            AND candidate.topic = topic.topic
),

numbered AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY scope, period_type, period ORDER BY topic_rank) AS list_number
    FROM drawn
    WHERE draw_number = 1
)

SELECT *
FROM numbered
WHERE list_number <= 3
