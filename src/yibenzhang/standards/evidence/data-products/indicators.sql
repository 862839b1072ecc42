-- name: products
SELECT count(*) AS value FROM {product} WHERE listed < :end AND (withdrawn IS NULL OR withdrawn >= :end)

-- name: enterprises
SELECT count(DISTINCT code) AS value FROM {enterprise} WHERE large = 1
