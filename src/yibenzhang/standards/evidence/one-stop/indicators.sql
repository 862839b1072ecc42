-- name: one_thing
SELECT count(*) AS value FROM {matter} WHERE live < :end

-- name: cases
SELECT count(*) AS value FROM {service_case} WHERE accepted >= :begin AND accepted < :end

-- name: satisfaction
SELECT sum(satisfied) AS numerator, count(satisfied) AS denominator
FROM {service_case}
WHERE accepted >= :begin AND accepted < :end

-- name: kiosks
SELECT sum(working) AS value FROM {kiosk}
