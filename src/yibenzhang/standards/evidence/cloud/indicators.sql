-- name: units_running
SELECT count(*) AS value FROM (SELECT unit FROM {cloud_system} GROUP BY unit HAVING min(running) = 1) u

-- name: systems_running
SELECT sum(running) AS value FROM {cloud_system}

-- name: units
SELECT count(DISTINCT unit) AS value FROM {cloud_system}

-- name: utilisation
SELECT sum(used) AS numerator, sum(allocated) AS denominator
FROM {cloud_usage}
WHERE day >= :begin AND day < :end
