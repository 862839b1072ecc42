-- name: inspections
SELECT min(inspections) AS value FROM {inspection_month} WHERE "month" >= :begin AND "month" < :end

-- name: staff
SELECT sum(on_site) AS value FROM {staff}

-- name: interrupted
SELECT sum(interrupted) AS numerator, count(*) AS denominator
FROM {meeting}
WHERE held >= :begin AND held < :end

-- name: solved
SELECT sum(solved) AS numerator, count(*) AS denominator FROM {fault} WHERE begun >= :begin AND begun < :end
