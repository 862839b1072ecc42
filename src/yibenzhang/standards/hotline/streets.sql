-- 多人一事, where only the street is told: with the matter of that street and those two days of which nearly all speak.
CREATE OR REPLACE TEMP TABLE on_street AS
SELECT t.n, t.key, t.street, t.t, t.who, t.object, t.problem, t.trouble, t.area, t.b, w.ts, coalesce(l.label, t.n) AS matter
FROM told t LEFT JOIN terms w USING (n) LEFT JOIN matter_labels l ON l.member = t.n WHERE t.street IS NOT NULL;
CREATE OR REPLACE TEMP TABLE street_candidates AS
SELECT a.n AS one, b.n AS other, b.matter, a.ts AS one_terms, b.ts AS other_terms,
  a.object = b.object AND coalesce(a.problem, b.problem, '') = coalesce(b.problem, a.problem, '') AS same
FROM (SELECT * FROM on_street WHERE key IS NULL) a JOIN (SELECT * FROM on_street WHERE key IS NOT NULL) b
  ON a.street = b.street AND b.t BETWEEN a.t - INTERVAL 2 DAY AND a.t + INTERVAL 2 DAY AND (a.b IS NULL OR a.b = '' OR b.b = '' OR a.b = b.b);
CREATE OR REPLACE TEMP TABLE street_likenesses AS
SELECT one, other, count(*) AS k FROM (
  SELECT one, other, g, unnest(other_terms) AS h FROM (SELECT one, other, unnest(one_terms) AS g, other_terms FROM street_candidates))
  JOIN related USING (g, h) GROUP BY one, other;
INSERT INTO matter_pairs
SELECT one, first FROM (
  SELECT one, matter, min(other) AS first, count(*) AS k, sum(count(*)) OVER (PARTITION BY one) AS whole
  FROM street_candidates LEFT JOIN street_likenesses USING (one, other) WHERE same OR k >= getvariable('pieces') GROUP BY one, matter)
WHERE k > 1 AND k >= getvariable('nearly') * whole;

-- what was cut off goes over several places of a street at once
INSERT INTO matter_pairs
SELECT first, n FROM (
  SELECT n, min(n) OVER w AS first, count(DISTINCT who) OVER w AS callers, count(DISTINCT key) OVER w AS places FROM (
    SELECT *, sum(new) OVER (PARTITION BY street, object ORDER BY t, n) AS breaks FROM (
      SELECT *, CASE WHEN t - lag(t) OVER (PARTITION BY street, object ORDER BY t, n) <= INTERVAL 8 HOUR THEN 0 ELSE 1 END AS new
      FROM on_street WHERE area AND trouble = 'stopped'))
  WINDOW w AS (PARTITION BY street, object, breaks))
WHERE callers >= 4 AND places >= 2
