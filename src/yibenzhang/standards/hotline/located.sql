-- What each address says, after its runs of words were taken apart (parsed) and brought into one form.
CREATE OR REPLACE TEMP TABLE said_places AS
SELECT t.said, t.orders, coalesce(a.street, b.street) AS street, coalesce(a.site, b.site) AS site,
  CASE WHEN a.street IS NOT NULL AND a.site IS NULL AND suffix(p.first, '号') THEN regexp_extract(p.first, '^[0-9]+') || '号'
       WHEN a.street IS NULL AND b.street IS NOT NULL AND suffix(p.second, '号') THEN regexp_extract(p.second, '^[0-9]+') || '号' END AS door,
  coalesce(a.building, b.building,
    CASE WHEN NOT (a.street IS NOT NULL AND a.site IS NULL AND suffix(p.first, '号')) THEN nullif(regexp_extract(p.first, '^[0-9]+'), '') END,
    nullif(regexp_extract(p.second, '^[0-9]+'), '')) AS building
FROM texts t LEFT JOIN parsed a ON a.run = t.p.one LEFT JOIN parsed b ON b.run = t.p.two;

-- what stands at a door, as those who tell both say; a site's street; a street of one door is a site's
CREATE OR REPLACE TEMP TABLE doors AS
SELECT street, door, site FROM (
  SELECT street, door, site, sum(orders) AS k, sum(sum(orders)) OVER (PARTITION BY street, door) AS whole
  FROM said_places WHERE street IS NOT NULL AND door IS NOT NULL AND site IS NOT NULL GROUP BY street, door, site)
WHERE k >= 2 AND k >= 0.7 * whole;
CREATE OR REPLACE TEMP TABLE streets AS
SELECT site, street FROM (
  SELECT site, street, sum(orders) AS k, sum(sum(orders)) OVER (PARTITION BY site) AS whole
  FROM said_places WHERE street IS NOT NULL AND site IS NOT NULL GROUP BY site, street)
WHERE k >= 2 AND k >= 0.5 * whole;

-- places only told in the text: known names, found by their first two characters; the longest, the first
CREATE OR REPLACE TEMP TABLE known_names AS SELECT name, kind, usual, substr(name, 1, 2) AS head FROM names_of_places;
CREATE OR REPLACE TEMP TABLE mentions AS
SELECT n, m.kind, m.usual, m.p, regexp_extract(substr(content, m.p + length(m.name), 8), '^([0-9]+)(号楼|号院|栋|幢|座|号)', ['digits', 'unit']) AS number
FROM (
  SELECT c.n, c.content, c.p, k.name, k.kind, k.usual FROM (
    SELECT n, content, unnest(range(1, least(length(content), 60))) AS p FROM orders WHERE place IS NULL AND content IS NOT NULL) c
  JOIN known_names k ON k.head = substr(c.content, c.p, 2) AND starts_with(substr(c.content, c.p, 14), k.name)
  QUALIFY row_number() OVER (PARTITION BY c.n, k.kind ORDER BY length(k.name) DESC, c.p) = 1) m;
CREATE OR REPLACE TEMP TABLE told_places AS
SELECT n, any_value(usual) FILTER (WHERE kind = 'street') AS street, any_value(usual) FILTER (WHERE kind = 'site') AS site,
  any_value(number.digits || '号') FILTER (WHERE kind = 'street' AND number.unit = '号') AS door,
  any_value(nullif(number.digits, '')) FILTER (WHERE kind = 'site') AS building
FROM mentions GROUP BY n;

CREATE OR REPLACE TEMP TABLE placed AS
SELECT n, street, door, site, building FROM told_places
UNION ALL
SELECT o.n, p.street, p.door, p.site, p.building FROM orders o
  JOIN said_places p ON p.said = regexp_replace(o.place, '[\s，,。．.、（）()#]', '', 'g') WHERE o.place IS NOT NULL;
CREATE OR REPLACE TEMP TABLE located AS
SELECT n, street, door, site, building,
  CASE WHEN site IS NOT NULL THEN 'P' || site WHEN door IS NOT NULL AND street IS NOT NULL THEN 'S' || street || door END AS key
FROM (SELECT p.n, coalesce(p.street, r.street) AS street, p.door, coalesce(p.site, d.site) AS site, p.building
      FROM placed p LEFT JOIN doors d ON p.site IS NULL AND d.street = p.street AND d.door = p.door
        LEFT JOIN streets r ON p.street IS NULL AND r.site = p.site);

-- the places a person is known by: where they live, and where what they told is
CREATE OR REPLACE TEMP TABLE living AS
SELECT o.n, CASE WHEN coalesce(p.site, d.site) IS NOT NULL THEN 'P' || coalesce(p.site, d.site) ELSE 'S' || p.street || p.door END AS key,
  p.building, true AS home
FROM orders o JOIN said_places p ON p.said = regexp_replace(o.address, '[\s，,。．.、（）()#]', '', 'g')
  LEFT JOIN doors d ON p.site IS NULL AND d.street = p.street AND d.door = p.door
WHERE p.site IS NOT NULL OR (p.street IS NOT NULL AND p.door IS NOT NULL)
UNION ALL
SELECT n, key, building, false FROM located WHERE key IS NOT NULL
