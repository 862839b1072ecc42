-- 多人一事：orders of one place, one thing and one time. Variables: word_pattern, days, likeness.
CREATE OR REPLACE TEMP TABLE said_words AS
SELECT n, unnest(ws) AS w, generate_subscripts(ws, 1) AS i
FROM (SELECT n, regexp_extract_all(content, getvariable('word_pattern')) AS ws FROM orders);

CREATE OR REPLACE TEMP TABLE said_topics AS
SELECT n, max(CASE WHEN part = 'object' THEN code END) AS object, max(CASE WHEN part = 'problem' THEN code END) AS problem,
  bool_or(wide) AS wide, bool_or(area) AS area, bool_or(splits) AS splits
FROM (SELECT s.n, t.part, t.code, t.wide, t.area, t.splits,
        row_number() OVER (PARTITION BY s.n, t.part ORDER BY t.weak, count(*) DESC, min(s.i)) AS r
      FROM said_words s JOIN topic_words t USING (w) GROUP BY s.n, t.part, t.code, t.wide, t.area, t.splits, t.weak)
WHERE r = 1 GROUP BY n;

CREATE OR REPLACE TEMP TABLE told AS
SELECT o.n, o.received AS t, l.key, l.street, s.object,
  CASE WHEN s.object IS NULL OR x.problem IS NOT NULL THEN s.problem WHEN NOT s.splits THEN '' END AS problem,
  s.problem AS trouble, coalesce(s.area, false) AS area,
  CASE WHEN s.wide THEN '' ELSE l.building END AS b,
  coalesce(p.person, 'n' || o.n) AS who
FROM orders o LEFT JOIN located l USING (n) LEFT JOIN said_topics s USING (n) LEFT JOIN order_person p USING (n)
  LEFT JOIN splits x ON x.object = s.object AND x.problem = s.problem;

-- all three known: one run of days is one matter, named by its first order
CREATE OR REPLACE TEMP TABLE core AS
SELECT * EXCLUDE (breaks), min(n) OVER (PARTITION BY key, object, problem, b, breaks) AS matter FROM (
  SELECT *, sum(new) OVER (PARTITION BY key, object, problem, b ORDER BY t, n) AS breaks FROM (
    SELECT *, CASE WHEN t - lag(t) OVER (PARTITION BY key, object, problem, b ORDER BY t, n)
        <= to_days(CAST(getvariable('days') AS INTEGER)) THEN 0 ELSE 1 END AS new
    FROM told WHERE key IS NOT NULL AND object IS NOT NULL AND problem IS NOT NULL AND b IS NOT NULL));
CREATE OR REPLACE TEMP TABLE matter_pairs AS SELECT matter AS one, n AS other FROM core;

-- of the thing something is not said: with the one matter that it can be of
CREATE OR REPLACE TEMP TABLE partial AS
SELECT * FROM told WHERE key IS NOT NULL AND object IS NOT NULL AND (problem IS NULL OR b IS NULL);
CREATE OR REPLACE TEMP TABLE attached AS
SELECT p.n, min(c.matter) AS matter, count(DISTINCT c.matter) AS several
FROM partial p JOIN core c ON c.key = p.key AND c.object = p.object
  AND c.t BETWEEN p.t - to_days(CAST(getvariable('days') AS INTEGER)) AND p.t + to_days(CAST(getvariable('days') AS INTEGER))
  AND (p.problem IS NULL OR p.problem = c.problem) AND (p.b IS NULL OR p.b = c.b)
GROUP BY p.n;
INSERT INTO matter_pairs SELECT matter, n FROM attached WHERE several = 1;

-- or with one another, where all say the same and leave the same unsaid
INSERT INTO matter_pairs
SELECT min(n) OVER (PARTITION BY key, object, problem, b, breaks), n FROM (
  SELECT *, sum(new) OVER (PARTITION BY key, object, problem, b ORDER BY t, n) AS breaks FROM (
    SELECT *, CASE WHEN t - lag(t) OVER (PARTITION BY key, object, problem, b ORDER BY t, n)
        <= to_days(CAST(getvariable('days') AS INTEGER)) THEN 0 ELSE 1 END AS new
    FROM partial LEFT JOIN attached USING (n) WHERE attached.n IS NULL));

-- only the street is told: with the matter of that street and those two days of which nearly all speak
CREATE OR REPLACE TEMP TABLE street_only AS
SELECT * FROM told WHERE key IS NULL AND street IS NOT NULL AND object IS NOT NULL;
CREATE OR REPLACE TEMP TABLE street_attached AS
SELECT n, matter FROM (
  SELECT p.n, c.matter, count(*) AS k, sum(count(*)) OVER (PARTITION BY p.n) AS whole
  FROM street_only p JOIN core c ON c.street = p.street AND c.object = p.object
    AND c.t BETWEEN p.t - INTERVAL 2 DAY AND p.t + INTERVAL 2 DAY
    AND (p.problem IS NULL OR p.problem = c.problem) AND (p.b IS NULL OR c.b = '' OR p.b = c.b)
  GROUP BY p.n, c.matter)
WHERE k > 1 AND k >= getvariable('nearly') * whole;
INSERT INTO matter_pairs SELECT matter, n FROM street_attached;

-- a thing that goes over several places of a street at once
INSERT INTO matter_pairs
SELECT first, n FROM (
  SELECT n, min(n) OVER w AS first, count(DISTINCT who) OVER w AS callers, count(DISTINCT key) OVER w AS places FROM (
    SELECT *, sum(new) OVER (PARTITION BY street, object, problem ORDER BY t, n) AS breaks FROM (
      SELECT *, CASE WHEN t - lag(t) OVER (PARTITION BY street, object, problem ORDER BY t, n) <= INTERVAL 8 HOUR
          THEN 0 ELSE 1 END AS new
      FROM told WHERE area AND street IS NOT NULL AND trouble = 'stopped'))
  WINDOW w AS (PARTITION BY street, object, problem, breaks))
WHERE callers >= 4 AND places >= 2;

-- only what is wrong is told: with the one matter there that is wrong in that way
INSERT INTO matter_pairs
SELECT min(c.matter), u.n FROM (SELECT * FROM told WHERE object IS NULL AND key IS NOT NULL
    AND list_contains(getvariable('telling'), trouble)) u
  JOIN core c ON c.key = u.key AND c.trouble = u.trouble AND (c.b = '' OR u.b IS NULL OR c.b = u.b)
  AND c.t BETWEEN u.t - to_days(CAST(getvariable('days') AS INTEGER)) AND u.t + to_days(CAST(getvariable('days') AS INTEGER))
GROUP BY u.n HAVING count(DISTINCT c.matter) = 1;

-- the thing is told in words that nobody taught: by the characters two by two, the place and what many say left out
CREATE OR REPLACE TEMP TABLE unknown_things AS
SELECT * FROM told WHERE object IS NULL AND key IS NOT NULL;
CREATE OR REPLACE TEMP TABLE candidates AS
SELECT u.n, o.n AS other, o.object IS NOT NULL AS known FROM unknown_things u JOIN told o ON u.key = o.key AND u.n <> o.n
  AND o.t BETWEEN u.t - to_days(CAST(getvariable('days') AS INTEGER)) AND u.t + to_days(CAST(getvariable('days') AS INTEGER));
CREATE OR REPLACE TEMP TABLE pieces AS
SELECT n, list_distinct(list_transform(range(1, least(length(c), 120)), lambda k: substr(c, k, 2))) AS two FROM (
  SELECT n, regexp_replace(replace(replace(content, coalesce(site, '　'), ''), coalesce(street, '　'), ''), '[^\p{Han}]', '', 'g') AS c
  FROM orders LEFT JOIN located USING (n) JOIN (SELECT n FROM candidates UNION SELECT other FROM candidates) USING (n));
CREATE OR REPLACE TEMP TABLE rarity AS
SELECT g, -ln(k / whole) AS weight FROM (
  SELECT g, count(*) AS k, any_value(whole) AS whole FROM (
    SELECT unnest(list_distinct(list_transform(range(1, least(length(content), 120)), lambda k: substr(content, k, 2)))) AS g, count(*) OVER () AS whole
    FROM (SELECT content FROM orders WHERE content IS NOT NULL USING SAMPLE reservoir(20000 ROWS) REPEATABLE (1))) GROUP BY g);
CREATE OR REPLACE TEMP TABLE weights AS
SELECT g, weight FROM (SELECT DISTINCT unnest(two) AS g FROM pieces) LEFT JOIN rarity USING (g)
WHERE weight IS NULL OR weight > getvariable('rare');
UPDATE weights SET weight = 10 WHERE weight IS NULL;
CREATE OR REPLACE TEMP TABLE likenesses AS
SELECT n, other, known, sum(weight) AS shared, count(*) AS pieces FROM (
  SELECT c.n, c.other, c.known, unnest(list_intersect(a.two, b.two)) AS g
  FROM candidates c JOIN pieces a ON a.n = c.n JOIN pieces b ON b.n = c.other) JOIN weights USING (g) GROUP BY n, other, known;
CREATE OR REPLACE TEMP TABLE sizes AS
SELECT n, sum(weight) AS size FROM (SELECT n, unnest(two) AS g FROM pieces) JOIN weights USING (g) GROUP BY n;
INSERT INTO matter_pairs
SELECT least(l.n, other), greatest(l.n, other) FROM likenesses l JOIN sizes a ON a.n = l.n JOIN sizes b ON b.n = l.other
WHERE shared >= CASE WHEN known THEN 4 ELSE 1 END * getvariable('likeness') * least(a.size, b.size)
  AND CASE WHEN known THEN shared >= 12 AND l.pieces >= 3 ELSE shared >= 5 AND l.pieces >= 2 END
