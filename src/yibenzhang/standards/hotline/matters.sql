-- 多人一事：orders of one place and time that tell the same thing. Variables: word_pattern, days, lessons, terms, witnesses, lift, pieces, neighbours, nearly, part, parts.
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
DROP TABLE said_words;
CREATE OR REPLACE TEMP TABLE told AS
SELECT o.n, o.received AS t, l.key, l.street, s.object,
  CASE WHEN x.problem IS NOT NULL THEN x.problem WHEN NOT s.splits THEN '' END AS problem,
  s.problem AS trouble, coalesce(s.area, false) AS area,
  CASE WHEN s.wide THEN '' ELSE l.building END AS b,
  coalesce(p.person, 'n' || o.n) AS who,
  replace(replace(o.content, coalesce(l.site, '　'), '　'), coalesce(l.street, '　'), '　') AS c
FROM orders o LEFT JOIN located l USING (n) LEFT JOIN said_topics s USING (n) LEFT JOIN order_person p USING (n)
  LEFT JOIN splits x ON x.object = s.object AND x.problem = s.problem;

-- pairs of characters that are told again of a place within two days far more often than chance has it
CREATE OR REPLACE TEMP TABLE taught AS
SELECT n, hash(key) AS key, t, hash(who) AS who, c FROM told WHERE key IS NOT NULL AND c IS NOT NULL
  AND hash(key) % greatest(1, CAST((SELECT count(*) FROM told) / getvariable('lessons') AS INTEGER)) = 0;
CREATE OR REPLACE TEMP TABLE pieces AS
SELECT key, t, who, g FROM (
  SELECT key, t, who, unnest(list_distinct(list_transform(range(1, least(length(c), 50)), lambda k: substr(c, k, 2)))) AS g FROM taught)
WHERE regexp_full_match(g, '\p{Han}{2}');
CREATE OR REPLACE TEMP TABLE bursts AS
SELECT g, row_number() OVER (ORDER BY g) AS id, again, again / usual AS weight FROM (
  SELECT g, sum(again) AS again, sum(m * (m - 1) / 2.0) * 4 / (SELECT greatest(30, date_diff('day', min(t), max(t))) FROM taught) + 0.5 AS usual FROM (
    SELECT key, g, count(*) AS m, count(*) FILTER (WHERE t - before <= INTERVAL 2 DAY AND who <> other) AS again FROM (
      SELECT key, g, t, who, lag(t) OVER w AS before, lag(who) OVER w AS other FROM pieces WINDOW w AS (PARTITION BY key, g ORDER BY t))
    GROUP BY key, g) GROUP BY g)
WHERE again >= getvariable('witnesses') AND again > 2 * usual;
DROP TABLE pieces;
CREATE OR REPLACE TEMP TABLE terms AS
SELECT n, arg_max(CAST(id AS INTEGER), weight, CAST(getvariable('terms') AS INTEGER)) AS ts, min(again) AS known FROM (
  SELECT n, unnest(list_distinct(list_transform(range(1, least(length(c), 50)), lambda k: substr(c, k, 2)))) AS g FROM told
  WHERE (street IS NOT NULL OR key IS NOT NULL) AND n % getvariable('parts') = getvariable('part'))
  JOIN bursts USING (g)
GROUP BY n;

-- which of these belong together: told of one place within two days, and not two months apart
CREATE OR REPLACE TEMP TABLE lessons AS SELECT t.n, t.key, t.t, t.who, w.ts FROM taught t JOIN terms w USING (n);
CREATE OR REPLACE TEMP TABLE together AS
SELECT g, h, bit_count(bit_or(CASE WHEN near THEN place ELSE 0::UBIGINT END)) AS places, count(*) FILTER (WHERE near) AS pairs, count(*) FILTER (WHERE NOT near) / 2.0 + 0.5 AS usual
FROM (
  SELECT near, place, least(g, h) AS g, greatest(g, h) AS h FROM (
    SELECT near, place, g, unnest(bs) AS h FROM (
      SELECT 1::UBIGINT << (a.key % 64) AS place, b.t - a.t <= INTERVAL 2 DAY AS near,
        unnest(a.ts) AS g, b.ts AS bs
      FROM lessons a JOIN lessons b ON a.key = b.key AND a.who <> b.who AND b.t >= a.t
        AND (b.t - a.t <= INTERVAL 2 DAY OR b.t - a.t BETWEEN INTERVAL 60 DAY AND INTERVAL 64 DAY))))
GROUP BY g, h;
CREATE OR REPLACE TEMP TABLE related AS
SELECT g, h FROM together
WHERE places >= getvariable('witnesses') AND pairs > 2 * usual AND pairs * ln(pairs / usual) - (pairs - usual) >= 3 * getvariable('lift');
INSERT INTO related SELECT h, g FROM related WHERE g <> h;

-- each order with those before it at its place: the same thing by the words taught, by the words learnt, or a doubt
CREATE OR REPLACE TEMP TABLE ranked AS
SELECT t.n, hash(t.key) AS key, t.t, t.object, t.problem, t.b, coalesce(w.known, 0) AS known, row_number() OVER (PARTITION BY key ORDER BY t, n) AS r
FROM told t LEFT JOIN terms w USING (n) WHERE t.key IS NOT NULL;
CREATE OR REPLACE TEMP TABLE candidates AS
SELECT a.n AS one, b.n AS other, least(a.known, b.known) AS known,
  CASE WHEN a.object = b.object AND a.problem = b.problem AND a.b = b.b THEN 2
       WHEN a.object = b.object AND coalesce(a.problem, b.problem, '') = coalesce(b.problem, a.problem, '') THEN 1 ELSE 0 END AS same
FROM ranked a JOIN ranked b ON a.key = b.key AND b.r > a.r AND b.r <= a.r + CAST(getvariable('neighbours') AS INTEGER)
  AND b.t - a.t <= CASE WHEN a.object = b.object THEN to_days(CAST(getvariable('days') AS INTEGER)) ELSE INTERVAL 3 DAY END
  AND (a.b IS NULL OR b.b IS NULL OR a.b = b.b OR (a.object IS DISTINCT FROM b.object AND (a.b = '' OR b.b = '')));
CREATE OR REPLACE TEMP TABLE likenesses AS
SELECT one, other, count(*) AS k FROM (
  SELECT one, other, g, unnest(other_terms) AS h FROM (
      SELECT one, other, unnest(a.ts) AS g, b.ts AS other_terms FROM candidates JOIN terms a ON a.n = one JOIN terms b ON b.n = other
      WHERE one % getvariable('parts') = getvariable('part')))
  JOIN related USING (g, h) GROUP BY one, other;
CREATE OR REPLACE TEMP TABLE matter_pairs AS
SELECT one, other FROM candidates LEFT JOIN likenesses USING (one, other)
WHERE k >= getvariable('pieces') OR (same = 2 AND (k > 0 OR known < getvariable('veto'))) OR (same = 1 AND k > 0)
