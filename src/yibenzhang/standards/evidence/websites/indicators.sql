-- name: sites
SELECT sum(maintained) AS value FROM {site}

-- name: running
SELECT sum(up) AS numerator, sum(probes) AS denominator FROM {site_day} WHERE day >= :begin AND day < :end

-- name: downtime
SELECT max(minutes) AS numerator, 60 AS denominator FROM (SELECT sum(down_minutes) AS minutes
FROM {site_day}
WHERE day >= :begin AND day < :end GROUP BY site) s

-- name: articles
SELECT count(*) AS value FROM {article} WHERE published >= :begin AND published < :end AND media = 0

-- name: foreign_articles
SELECT count(*) AS value FROM {article} WHERE published >= :begin AND published < :end AND "foreign" = 1

-- name: wrong_articles
SELECT sum(wrong) AS numerator, count(*) AS denominator
FROM {article}
WHERE published >= :begin AND published < :end

-- name: response
SELECT max(hours) AS value FROM {important} WHERE ordered >= :begin AND ordered < :end

-- name: topics
SELECT count(*) AS value FROM {topic} WHERE opened >= :begin AND opened < :end

-- name: media_posts
SELECT count(*) AS value FROM {article} WHERE published >= :begin AND published < :end AND media = 1

-- name: visits
SELECT sum(visits) AS value FROM {visit_day} WHERE day >= :begin AND day < :end

-- name: on_time
SELECT sum(CASE WHEN published <= due THEN 1 ELSE 0 END) AS numerator, count(*) AS denominator
FROM {article}
WHERE published >= :begin AND published < :end AND media = 0 AND due IS NOT NULL
