-- name: intensive_units
SELECT sum(intensive) AS value FROM {unit}

-- name: exchange_units
SELECT sum(exchange) AS value FROM {unit}

-- name: solved
SELECT sum(solved) AS numerator, count(*) AS denominator FROM {issue} WHERE raised >= :begin AND raised < :end

-- name: downtime
SELECT sum(down_hours) AS value FROM {service_month} WHERE "month" >= :begin AND "month" < :end

-- name: recovery
SELECT max(longest_hours) AS value FROM {service_month} WHERE "month" >= :begin AND "month" < :end

-- name: database_checks
SELECT min(database_checks) AS value FROM {service_month} WHERE "month" >= :begin AND "month" < :end

-- name: users
SELECT count(DISTINCT id) AS value FROM {account} WHERE registered < :end

-- name: paperless
SELECT count(*) AS value FROM {paperless_meeting} WHERE held >= :begin AND held < :end
