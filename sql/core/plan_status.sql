-- One row: an indicator of a plan, judged at the end of a period for which values came.
-- Key: indicator, period.
-- The latest value up to that date counts, judged at its own date. done: the target is met. On the
-- way to it the mid-term asks for a straight line from the base value to the target, counted in
-- months: on_track at or beyond the line, else behind; an indicator that should fall has the line
-- reversed. A decrease against a base year begins at 0 there. A sum over the plan's years is judged
-- when the plan ends, by its yearly values. not_assessed: no value yet, no base value to draw the
-- line from, or a sum before its end.
WITH value AS (
    SELECT
        v.*,
        12 * extract(YEAR FROM v.received_at) + extract(MONTH FROM v.received_at) AS month_number
    FROM core.plan_value AS v
),

plan AS (
    SELECT
        i.*,
        CAST(i.target AS DECIMAL(18, 4)) AS target_value,
        12 * CAST(substring(i.base_period, 1, 4) AS INTEGER)
        + CAST(substring(i.base_period, 6, 2) AS INTEGER) AS base_month,
        12 * CAST(substring(i.end_period, 1, 4) AS INTEGER)
        + CAST(substring(i.end_period, 6, 2) AS INTEGER) AS end_month
    FROM ref.plan_indicator AS i
),

asked AS (
    SELECT DISTINCT period, month_number, year, month, received_at
    FROM value
    WHERE month_number > (SELECT min(p.base_month) FROM plan AS p)
),

base AS (
    SELECT p.indicator, max(v.value) AS base_value
    FROM plan AS p
    JOIN value AS v ON v.indicator = p.indicator AND v.month_number = p.base_month
    GROUP BY p.indicator
),

-- Sums count whole years, by their yearly values alone.
summed AS (
    SELECT
        p.indicator,
        a.period,
        sum(v.value) AS sum_value,
        max(v.month_number) AS month_number
    FROM plan AS p
    CROSS JOIN asked AS a
    JOIN value AS v
        ON
            v.indicator = p.indicator
            AND v.month_number > p.base_month
            AND v.month_number <= a.month_number
            AND length(v.period) = 4
    WHERE p.kind = 'cumulative'
    GROUP BY p.indicator, a.period
),

latest AS (
    SELECT
        p.indicator,
        a.period,
        max(v.month_number) AS month_number
    FROM plan AS p
    CROSS JOIN asked AS a
    JOIN value AS v
        ON
            v.indicator = p.indicator
            AND v.month_number > p.base_month
            AND v.month_number <= a.month_number
    WHERE p.kind <> 'cumulative'
    GROUP BY p.indicator, a.period
),

taken AS (
    SELECT l.indicator, l.period, l.month_number, max(v.value) AS value, max(v.source) AS source
    FROM latest AS l
    JOIN value AS v ON v.indicator = l.indicator AND v.month_number = l.month_number
    GROUP BY l.indicator, l.period, l.month_number
    UNION ALL
    SELECT s.indicator, s.period, s.month_number, s.sum_value AS value, '逐年相加' AS source
    FROM summed AS s
),

measured AS (
    SELECT
        p.plan,
        p.group AS indicator_group,
        p.number,
        p.indicator,
        p.unit,
        p.relation,
        p.target_value,
        p.binding,
        p.kind,
        p.note,
        a.period,
        a.year,
        a.month,
        a.received_at,
        t.value,
        t.source,
        CASE WHEN p.kind = 'decrease' THEN 0 ELSE b.base_value END AS base_value,
        t.month_number - p.base_month AS elapsed_count,
        p.end_month - p.base_month AS whole_count,
        CASE
            WHEN p.relation = '<' THEN t.value < p.target_value
            WHEN p.relation = '<=' THEN t.value <= p.target_value
            WHEN p.relation = '>' THEN t.value > p.target_value
            WHEN p.kind = 'reversed' THEN t.value <= p.target_value
            ELSE t.value >= p.target_value
        END AS is_met
    FROM plan AS p
    CROSS JOIN asked AS a
    LEFT JOIN taken AS t ON t.indicator = p.indicator AND t.period = a.period
    LEFT JOIN base AS b ON b.indicator = p.indicator
)

SELECT
    indicator || ' ' || period AS record_id,
    received_at,
    '?' AS receipt,
    plan,
    indicator_group,
    number,
    indicator,
    unit,
    relation,
    target_value,
    binding,
    kind,
    note,
    period,
    year,
    month,
    value,
    source,
    base_value,
    elapsed_count,
    whole_count,
    CASE
        WHEN value IS NULL THEN 'not_assessed'
        WHEN kind = 'cumulative' AND elapsed_count < whole_count THEN 'not_assessed'
        WHEN is_met THEN 'done'
        WHEN kind = 'cumulative' THEN 'behind'
        WHEN base_value IS NULL THEN 'not_assessed'
        WHEN
            kind = 'reversed'
            AND value * whole_count
            <= base_value * whole_count + (target_value - base_value) * elapsed_count
            THEN 'on_track'
        WHEN
            kind <> 'reversed'
            AND value * whole_count
            >= base_value * whole_count + (target_value - base_value) * elapsed_count
            THEN 'on_track'
        ELSE 'behind'
    END AS status
FROM measured
