-- name: passed
SELECT sum(r.passed) AS numerator, count(*) AS denominator
FROM {review} r
WHERE r.reviewed >= :begin AND r.reviewed < :end
  AND NOT EXISTS (SELECT 1
FROM {review} l
WHERE l.project = r.project AND l.reviewed >= :begin AND l.reviewed < :end AND l.round > r.round)
