-- name: safe_kilometres
SELECT sum(kilometres) AS value
FROM {vehicle_month}
WHERE accidents = 0 AND "month" >= :begin AND "month" < :end

-- name: fuel
SELECT sum(litres) AS numerator, sum(kilometres) AS denominator
FROM {vehicle_month}
WHERE "month" >= :begin AND "month" < :end
