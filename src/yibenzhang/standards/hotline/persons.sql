-- 一人多次：identities (number and name) become persons.
CREATE OR REPLACE TEMP TABLE identities AS
SELECT row_number() OVER () AS i, phone, caller
FROM (SELECT DISTINCT phone, caller FROM orders WHERE phone IS NOT NULL OR length(caller) > 1);
CREATE OR REPLACE TEMP TABLE order_identity AS
SELECT o.n, d.i FROM orders o JOIN identities d
  ON d.phone IS NOT DISTINCT FROM o.phone AND d.caller IS NOT DISTINCT FROM o.caller;

CREATE OR REPLACE TEMP TABLE named AS
SELECT i.i, i.phone, s.sound, s.surname, s.whole
FROM identities i LEFT JOIN sounds s ON s.caller = i.caller;

CREATE OR REPLACE TEMP TABLE whole AS
SELECT i, phone, sound, surname FROM named WHERE whole;

-- the same name and number
CREATE OR REPLACE TEMP TABLE person_pairs AS
SELECT min(i) OVER (PARTITION BY phone, sound) AS one, i AS other FROM whole WHERE phone IS NOT NULL;

-- names that nearly sound alike, at the same number
INSERT INTO person_pairs
SELECT a.i, b.i FROM
  (SELECT phone, sound, surname, min(i) AS i FROM whole WHERE phone IS NOT NULL GROUP BY ALL) a
  JOIN (SELECT phone, sound, surname, min(i) AS i FROM whole WHERE phone IS NOT NULL GROUP BY ALL) b
  ON a.phone = b.phone AND a.surname = b.surname AND a.sound < b.sound
  JOIN alike ON alike.one = a.sound AND alike.other = b.sound;

-- only a surname, or none, at a number of one person
INSERT INTO person_pairs
SELECT w.i, n.i FROM named n
  JOIN (SELECT phone, surname, min(i) AS i FROM whole WHERE phone IS NOT NULL GROUP BY ALL
        HAVING count(DISTINCT sound) = 1) w
  ON w.phone = n.phone AND w.surname = n.surname
WHERE NOT n.whole;
INSERT INTO person_pairs
SELECT w.i, n.i FROM named n
  JOIN (SELECT phone, min(i) AS i FROM named WHERE phone IS NOT NULL AND sound IS NOT NULL GROUP BY ALL
        HAVING count(DISTINCT surname) = 1 AND count(DISTINCT CASE WHEN whole THEN sound END) <= 1) w
  ON w.phone = n.phone
WHERE n.sound IS NULL;
INSERT INTO person_pairs
SELECT min(i) OVER (PARTITION BY phone, surname), i FROM named WHERE phone IS NOT NULL AND whole IS NOT TRUE;

-- how common a name is: the numbers it calls from
CREATE OR REPLACE TEMP TABLE common AS
SELECT sound, count(DISTINCT phone) AS phones FROM whole GROUP BY sound;

-- one digit of the number misheard, or two exchanged
INSERT INTO person_pairs
SELECT DISTINCT least(a.i, b.i), greatest(a.i, b.i) FROM
  (SELECT i, sound, phone, unnest([substr(phone, 1, 5), substr(phone, 7)]) AS part, unnest([1, 2]) AS side
   FROM whole WHERE length(phone) = 11) a
  JOIN (SELECT i, sound, phone, unnest([substr(phone, 1, 5), substr(phone, 7)]) AS part, unnest([1, 2]) AS side
        FROM whole WHERE length(phone) = 11) b
  ON a.sound = b.sound AND a.part = b.part AND a.side = b.side AND a.phone < b.phone
WHERE damerau_levenshtein(a.phone, b.phone) = 1
  AND (a.side = 2 OR substr(a.phone, 7) <> substr(b.phone, 7));

-- the same name at the same place, where that is no coincidence
CREATE OR REPLACE TEMP TABLE whereabouts AS
SELECT DISTINCT w.i, w.sound, w.phone, k.key, CASE WHEN k.home THEN k.building END AS building
FROM whole w JOIN order_identity USING (i) JOIN living k USING (n);
CREATE OR REPLACE TEMP TABLE crowd AS
SELECT key, count(DISTINCT i) AS callers, count(DISTINCT i) * 1.0 / greatest(1, count(DISTINCT building)) AS neighbours
FROM whereabouts GROUP BY key;
CREATE OR REPLACE TEMP TABLE chances AS
SELECT w.*, c.callers * m.share AS expected, c.neighbours * m.share AS expected_next_door
FROM whereabouts w JOIN crowd c USING (key)
  JOIN (SELECT sound, phones * 1.0 / (SELECT greatest(1, count(DISTINCT phone)) FROM whole) AS share FROM common) m USING (sound);
INSERT INTO person_pairs
SELECT min(i) OVER (PARTITION BY key, building, sound), i FROM chances
WHERE building IS NOT NULL AND expected_next_door < getvariable('coincidence');
-- those whose buildings differ are not of one, and then nobody else at the place is taken for one of them
INSERT INTO person_pairs
SELECT min(i) OVER (PARTITION BY key, sound), i FROM chances
WHERE expected < getvariable('coincidence')
  AND (key, sound) NOT IN (SELECT (key, sound) FROM chances WHERE building IS NOT NULL GROUP BY key, sound HAVING count(DISTINCT building) > 1)
