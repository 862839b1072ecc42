-- name: incidents
SELECT sum(incidents) AS value FROM {incident_month} WHERE "month" >= :begin AND "month" < :end

-- name: graded
SELECT count(DISTINCT "system") AS value
FROM {assessment}
WHERE level = 3 AND passed = 1 AND assessed >= :begin AND assessed < :end

-- name: reports
SELECT count(DISTINCT number) AS value FROM {report} WHERE delivered >= :begin AND delivered < :end
