-- name: enterprises
SELECT count(DISTINCT code) AS value FROM {enterprise} WHERE attracted >= :begin AND attracted < :end

-- name: signed
SELECT sum(amount) AS value FROM {signing} WHERE signed >= :begin AND signed < :end

-- name: checks
SELECT count(*) AS value FROM {safety_check} WHERE done >= :begin AND done < :end
