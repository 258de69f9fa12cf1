-- One row: the whole file; in how many of its kept rows a district and a street are named.
-- Kept are all but the rejected and the duplicates. (count_if over no rows is null in this engine;
-- count(*) FILTER is 0.)
SELECT
    count(*) FILTER (WHERE d.has_district)
    - (SELECT count(*) FILTER (WHERE w.has_district) FROM staging.clash_row AS w)
    + (SELECT count(*) FILTER (WHERE s.has_district) FROM staging.survivor AS s) AS district_count,
    count(*) FILTER (WHERE d.has_street)
    - (SELECT count(*) FILTER (WHERE w.has_street) FROM staging.clash_row AS w)
    + (SELECT count(*) FILTER (WHERE s.has_street) FROM staging.survivor AS s) AS street_count
FROM staging.identity AS d
WHERE d.reject_reason IS NULL
