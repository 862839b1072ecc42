-- name: metro_nodes
SELECT count(*) AS value FROM {node} WHERE layer = '汇聚'

-- name: wide_nodes
SELECT count(*) AS value FROM {node} WHERE layer = '广域接入'

-- name: internet_bandwidth
SELECT sum(bandwidth) AS value FROM {internet_exit}

-- name: access_capacity
SELECT min(capacity) AS value FROM {node} WHERE layer = '接入'

-- name: metro_capacity
SELECT min(capacity) AS value FROM {node} WHERE layer = '汇聚'

-- name: running
SELECT sum(up) AS numerator, sum(probes) AS denominator FROM {link_day} WHERE day >= :begin AND day < :end

-- name: repair
SELECT max(longest_hours) AS value FROM {fault_month} WHERE "month" >= :begin AND "month" < :end

-- name: lines
SELECT count(*) AS value FROM {line} WHERE begun < :end AND (ended IS NULL OR ended >= :end)
