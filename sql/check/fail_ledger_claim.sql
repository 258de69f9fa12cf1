-- title: 已公布数字的编号不得重复
-- One row: a claim id that the ledger holds more than once. Key: claim.
SELECT
    claim,
    count(*) AS row_count
FROM published.claim
GROUP BY claim
HAVING count(*) > 1
