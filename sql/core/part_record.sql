-- One row: a record, with the part of its month that it was received in. Key: record_id.
-- Part 2 are the days from that on which an assessment month begins (ref.assessment_day), part 1
-- those before: an assessment month is part 2 of one month and part 1 of the next.
SELECT
    *,
    CASE WHEN extract(DAY FROM received_at) < ref.assessment_day() THEN 1 ELSE 2 END AS month_part
FROM core.record
