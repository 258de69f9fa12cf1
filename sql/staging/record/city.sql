-- One row: the whole file. Of its first rows, how many name a district, a handling unit and a category,
-- and how many of those the registers know. has_chinese: whether any of the names is Chinese.
WITH seen AS (
    SELECT
        tidy(i.place_district) AS district,
        tidy(i.unit) AS unit,
        coalesce(tidy(i.category), tidy(split_part(i.category_path, '->', 1))) AS category
    FROM staging.input AS i
    LIMIT 20000
),

named AS (
    SELECT s.district, s.unit, s.category, count(*) AS row_count
    FROM seen AS s
    GROUP BY s.district, s.unit, s.category
),

known AS (
    SELECT
        n.*,
        n.district IN (SELECT a.alias FROM staging.district_alias AS a)
        OR place_key(n.district) IN (SELECT p.alias FROM staging.place_alias AS p) AS is_district,
        n.unit IN (SELECT u.alias FROM staging.unit_alias AS u)
        OR unit_key('', n.unit) IN (SELECT u.alias FROM staging.unit_alias AS u) AS is_unit,
        n.category IN (SELECT c.alias FROM staging.category_alias AS c) AS is_category
    FROM named AS n
)

SELECT
    coalesce(sum(k.row_count) FILTER (WHERE k.district IS NOT NULL), 0)::BIGINT AS district_count,
    coalesce(sum(k.row_count) FILTER (WHERE k.is_district), 0)::BIGINT AS known_district_count,
    coalesce(sum(k.row_count) FILTER (WHERE k.unit IS NOT NULL), 0)::BIGINT AS unit_count,
    coalesce(sum(k.row_count) FILTER (WHERE k.is_unit), 0)::BIGINT AS known_unit_count,
    coalesce(sum(k.row_count) FILTER (WHERE k.category IS NOT NULL), 0)::BIGINT AS category_count,
    coalesce(sum(k.row_count) FILTER (WHERE k.is_category), 0)::BIGINT AS known_category_count,
    coalesce(bool_or(regexp_matches(concat(k.district, k.unit, k.category), '[一-龥]')), false) AS has_chinese
FROM known AS k
