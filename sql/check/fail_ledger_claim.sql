-- title: 已公布数字的编号不得重复
-- example: {claim} 出现了 {row_count} 次(data/published)
-- One row: a claim id that the ledger holds more than once. Key: claim.
SELECT
    claim,
    count(*) AS row_count
FROM published.claim
GROUP BY claim
HAVING count(*) > 1
