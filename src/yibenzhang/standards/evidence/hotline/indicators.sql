-- name: on_time
SELECT sum(CASE WHEN finished <= due THEN 1 ELSE 0 END) AS numerator, count(*) AS denominator
FROM {work_order}
WHERE received >= :begin AND received < :end AND (finished IS NOT NULL OR due < :end)

-- name: cost
SELECT sum(amount) AS value FROM {cost_item} WHERE paid >= :begin AND paid < :end

-- name: merged_lines
SELECT count(DISTINCT department) AS value FROM {merged_line} WHERE merged = 1

-- name: received
SELECT count(*) AS value FROM {work_order} WHERE received >= :begin AND received < :end

-- name: finished
SELECT count(*) AS value FROM {work_order} WHERE finished >= :begin AND finished < :end

-- name: satisfied
SELECT sum(satisfied) AS numerator, count(satisfied) AS denominator
FROM {work_order}
WHERE finished >= :begin AND finished < :end

-- name: reopened
SELECT sum(reopened) AS numerator, count(reopened) AS denominator
FROM {work_order}
WHERE finished >= :begin AND finished < :end

-- name: passed_around
SELECT sum(CASE WHEN transfers >= 2 THEN 1 ELSE 0 END) AS numerator, count(transfers) AS denominator
FROM {work_order}
WHERE received >= :begin AND received < :end
