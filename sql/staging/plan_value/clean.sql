-- One row per row that could be parsed: an indicator's value at the end of a period.
-- Key: none (repeats are resolved later). record_id names indicator and period; received_at is
-- the last day of the period. Two different values of one indicator and period contradict each
-- other: neither is taken. The file is small: a look over all of it costs nothing.
WITH spelling AS (
    SELECT p.indicator AS alias, p.indicator, p.unit FROM ref.plan_indicator AS p
    UNION
    SELECT unnest(string_split(p.aliases, '|')) AS alias, p.indicator, p.unit
    FROM ref.plan_indicator AS p
),

tidied AS (
    SELECT
        tidy(i.indicator) AS written,
        -- 2018年6月, 2018/6 and 2018.06 are 2018-06; a cell that a spreadsheet made a date is its month.
        regexp_replace(to_ascii(tidy(i.period)), '[年/.]', '-', 'g') AS period_text,
        replace(to_ascii(tidy(i.value)), ',', '') AS value_text,
        nullif(replace(coalesce(tidy(i.unit), ''), '％', '%'), '') AS unit_given,
        tidy(i.source) AS source,
        (
            filled(i.indicator) + filled(i.period) + filled(i.value) + filled(i.unit)
            + filled(i.source)
        ) AS filled_count,
        i.part_no
    FROM staging.input AS i
),

parsed AS (
    SELECT
        t.*,
        s.indicator,
        s.unit AS unit_meant,
        regexp_extract(t.period_text, '^([0-9]{4})(?:-(?:([0-9]{1,2})(?:月|-|$)|$)|$)', ['year', 'month'])
            AS part,
        regexp_extract(t.value_text, '^(-?[0-9]+(?:\.[0-9]+)?)\s*(.*)$', ['number', 'unit']) AS cell
    FROM tidied AS t
    LEFT JOIN spelling AS s ON t.written = s.alias AND s.alias <> ''
),

dated AS (
    SELECT
        p.*,
        CASE
            WHEN p.part.year <> '' AND p.part.month = '' THEN p.part.year
            WHEN try_cast(p.part.month AS INTEGER) BETWEEN 1 AND 12
                THEN p.part.year || '-' || lpad(p.part.month, 2, '0')
        END AS period,
        try_cast(nullif(p.cell.number, '') AS DECIMAL(18, 4)) AS value,
        coalesce(nullif(replace(p.cell.unit, '％', '%'), ''), p.unit_given, p.unit_meant) AS unit_read
    FROM parsed AS p
),

ended AS (
    SELECT
        d.*,
        in_range(
            last_day(
                try_cast(
                    CASE WHEN length(d.period) = 4 THEN d.period || '-12' ELSE d.period END || '-01'
                    AS DATE
                )
            )::TIMESTAMP
        ) AS received_at
    FROM dated AS d
),

-- Joined, not windowed: the rows have to stay in the file's order.
contradicted AS (
    SELECT e.indicator, e.received_at
    FROM ended AS e
    WHERE e.unit_read = e.unit_meant AND coalesce(e.unit_given, e.unit_meant) = e.unit_meant
    GROUP BY e.indicator, e.received_at
    HAVING min(e.value) < max(e.value)
),

judged AS (
    SELECT
        e.*,
        CASE
            WHEN e.written IS NULL THEN 'indicator_missing'
            -- No row at all: counted, but not among the rows read.
            WHEN is_heading(e.written) THEN 'header_repeated'
            WHEN e.indicator IS NULL THEN 'indicator_unknown'
            WHEN e.period_text IS NULL THEN 'period_missing'
            WHEN e.received_at IS NULL THEN 'period_invalid'
            WHEN e.value_text IS NULL THEN 'value_missing'
            WHEN e.value IS NULL THEN 'value_invalid'
            WHEN e.unit_read <> e.unit_meant THEN 'unit_mismatch'
            WHEN e.unit_given <> e.unit_meant THEN 'unit_mismatch'
            WHEN c.indicator IS NOT NULL THEN 'value_contradicts'
        END AS reject_reason
    FROM ended AS e
    LEFT JOIN contradicted AS c ON e.indicator = c.indicator AND e.received_at = c.received_at
)

SELECT
    coalesce(j.indicator, j.written) || ' ' || coalesce(j.period, j.period_text, '') AS record_id,
    j.received_at,
    j.indicator,
    j.period,
    j.value,
    j.source,
    NULL::TIMESTAMP AS dispatched_at,
    NULL::VARCHAR AS dispatched_text,
    NULL::VARCHAR AS unit,
    NULL::VARCHAR AS unit_text,
    false AS has_district,
    false AS has_street,
    j.filled_count,
    j.part_no,
    j.reject_reason,
    CASE
        WHEN j.reject_reason LIKE 'indicator_%' THEN 'indicator'
        WHEN j.reject_reason LIKE 'period_%' THEN 'period'
        WHEN j.reject_reason LIKE 'value_%' THEN 'value'
        WHEN j.reject_reason = 'unit_mismatch' THEN 'unit'
    END AS reject_column,
    CASE
        WHEN j.reject_reason = 'indicator_unknown' THEN mask_short(left(j.written, 40))
        WHEN j.reject_reason = 'period_invalid' THEN mask_short(left(j.period_text, 40))
        WHEN j.reject_reason = 'value_invalid' THEN mask_short(left(j.value_text, 40))
        WHEN j.reject_reason = 'value_contradicts' THEN j.value::VARCHAR
        WHEN j.reject_reason = 'unit_mismatch'
            THEN left(CASE WHEN j.unit_read <> j.unit_meant THEN j.unit_read ELSE j.unit_given END, 20)
    END AS reject_value
FROM judged AS j
