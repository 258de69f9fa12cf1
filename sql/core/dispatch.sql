-- One row: a dispatch of a record (the whole chain), from the delivery that counts.
-- Key: record_id, dispatch_no.
-- Most months have one receipt and need no look-up: is_contested is a constant of each branch of
-- core.record_dispatch, so the anti-join reads only the months where a delivery replaces another.
SELECT *
FROM core.record_dispatch
WHERE NOT is_contested
UNION ALL
SELECT *
FROM core.record_dispatch AS d
WHERE
    d.is_contested
    AND NOT EXISTS (
        SELECT 1
        FROM core.superseded AS s
        WHERE
            s.year = d.year
            AND s.month = d.month
            AND s.record_id = d.record_id
            AND s.receipt = d.receipt
    )
