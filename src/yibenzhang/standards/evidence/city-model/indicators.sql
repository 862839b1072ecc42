-- name: governed
SELECT sum(CASE WHEN coded = 1 AND governed = 1 THEN 1 ELSE 0 END) AS numerator, count(*) AS denominator
FROM {coded_object}
