-- One row: a spelling of a name that no register lists, in one file and month.
-- Key: year, month, receipt, kind, within, spelling.
-- materialised per partition
-- kind is category, unit, district or street; within is the district beside a street.
-- Rows are dispatches. Only what was filled in: an empty cell is no spelling.
WITH named AS (
    SELECT
        d.year, d.month, d.receipt, d.received_at,
        'category' AS kind, '' AS within, d.category AS spelling
    FROM core.dispatch AS d
    LEFT JOIN ref.category AS c ON c.category = d.category
    WHERE d.category <> '?' AND c.category IS NULL
    UNION ALL
    SELECT
        d.year, d.month, d.receipt, d.received_at, 'unit' AS kind, '' AS within, d.unit AS spelling
    FROM core.dispatch AS d
    WHERE d.unit <> '?' AND d.unit_type = '?'
    UNION ALL
    SELECT
        d.year, d.month, d.receipt, d.received_at,
        'district' AS kind, '' AS within, d.unknown_district AS spelling
    FROM core.dispatch AS d
    WHERE d.unknown_district IS NOT NULL
    UNION ALL
    SELECT
        d.year, d.month, d.receipt, d.received_at,
        'street' AS kind,
        CASE WHEN d.place_district = '?' THEN '' ELSE d.place_district END AS within,
        d.unknown_street AS spelling
    FROM core.dispatch AS d
    WHERE d.unknown_street IS NOT NULL
)

SELECT
    year, month, receipt, kind, within, spelling,
    count(*) AS row_count,
    min(received_at) AS first_received_at,
    max(received_at) AS last_received_at
FROM named
GROUP BY year, month, receipt, kind, within, spelling
