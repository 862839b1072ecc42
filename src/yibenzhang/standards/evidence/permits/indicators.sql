-- name: projects
SELECT count(DISTINCT project) AS value FROM {permit_case} WHERE accepted >= :begin AND accepted < :end

-- name: overdue
SELECT CASE WHEN sum(CASE WHEN accepted >= :begin_before AND accepted < :end_before THEN 1 ELSE 0 END) > 0
  THEN sum(CASE WHEN accepted >= :begin AND accepted < :end AND (finished > due OR (finished IS NULL AND due < :end)) THEN 1
  ELSE 0 END) - sum(CASE WHEN accepted >= :begin_before AND accepted < :end_before AND (finished > due OR (finished IS NULL AND due < :end_before)) THEN 1 ELSE 0 END)
  END AS value
FROM {permit_case}
