-- One row: a record, with the part of its month that it was received in. Key: record_id.
-- Part 2 are the days from that on which an assessment month begins (ref.assessment_month), part 1
-- those before: an assessment month is part 2 of one month and part 1 of the next.
SELECT
    r.*,
    CASE
        WHEN extract(DAY FROM r.received_at) < assessment.first_day_of_month THEN 1 ELSE 2
    END AS month_part
FROM core.record AS r
CROSS JOIN ref.assessment_month AS assessment
