-- name: patrols
SELECT min(n) AS value FROM (SELECT sum(patrols) AS n
FROM {patrol_day}
WHERE day >= :begin AND day < :end GROUP BY day) d

-- name: staff
SELECT sum(on_site) AS value FROM {staff}

-- name: satisfaction
SELECT sum(satisfied) AS numerator, count(*) AS denominator
FROM {survey}
WHERE answered >= :begin AND answered < :end

-- name: repair
SELECT max(longest_hours) AS value FROM {fault_month} WHERE "month" >= :begin AND "month" < :end

-- name: reports
SELECT count(DISTINCT number) AS value FROM {report} WHERE delivered >= :begin AND delivered < :end
