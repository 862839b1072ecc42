-- name: handled
SELECT sum(handled) AS numerator, count(*) AS denominator
FROM {supervised_matter}
WHERE received >= :begin AND received < :end
