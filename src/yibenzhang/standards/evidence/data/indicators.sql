-- name: bodies
SELECT count(DISTINCT body) AS value FROM {catalogue_entry}

-- name: entries
SELECT count(*) AS value FROM {catalogue_entry}

-- name: records
SELECT sum(records) AS value FROM {data_resource}

-- name: quality
SELECT sum(passed) AS numerator, sum(checked) AS denominator
FROM {quality_result}
WHERE checked_on >= :begin AND checked_on < :end

-- name: managed
SELECT sum(managed) AS numerator, count(*) AS denominator FROM {data_resource}

-- name: managed_projects
SELECT sum(managed) AS numerator, count(*) AS denominator
FROM {it_project}
WHERE approved >= :begin AND approved < :end

-- name: public_entries
SELECT sum(public) AS value FROM {catalogue_entry}

-- name: base_records
SELECT sum(records) AS value FROM {data_resource} WHERE base = 1

-- name: base_entries
SELECT sum(base) AS value FROM {catalogue_entry}

-- name: updated
SELECT sum(CASE WHEN updated >= :begin AND updated < :end THEN 1 ELSE 0 END) AS numerator, count(*) AS denominator
FROM {data_resource}
WHERE base = 1

-- name: interfaces
SELECT sum(up) AS numerator, sum(probes) AS denominator
FROM {interface_day}
WHERE day >= :begin AND day < :end

-- name: open_sets
SELECT sum("open") AS value FROM {data_resource}

-- name: exchange_bodies
SELECT count(DISTINCT body) AS value FROM {exchange_member} WHERE joined < :end
