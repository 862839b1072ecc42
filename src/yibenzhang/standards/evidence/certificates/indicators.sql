-- name: bodies
SELECT count(DISTINCT body) AS value FROM {member} WHERE joined < :end
