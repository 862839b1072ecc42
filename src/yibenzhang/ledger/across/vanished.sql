-- 上年自己的文件里有数的一行，今年文件的上年数里没有：只看同一栏其余的数多数都在的。
WITH p AS (SELECT DISTINCT later, own FROM {pairs} WHERE law = 'previous' AND NOT sentence AND sound),
o AS (
  SELECT d.n, f."table" AS t, f."column" AS k, f.cell, min(fact) AS fact
  FROM all_facts f JOIN known d USING (document, batch)
  WHERE d.n IN (SELECT own FROM p) AND cell IS NOT NULL AND value <> 0 AND unit = '' AND version IN ('', 'current_year')
    AND told_stage IN ('', CASE d.stage WHEN 'accounts' THEN 'final' ELSE 'initial' END)
  GROUP BY ALL),
l AS (SELECT DISTINCT n, cell FROM {told} WHERE version = 'previous' AND NOT listed AND NOT sentence),
m AS (
  SELECT p.later, p.own, o.cell, o.fact, l.cell IS NOT NULL AS there
  FROM p JOIN o ON o.n = p.own LEFT JOIN l ON l.n = p.later AND l.cell = o.cell
  WINDOW w AS (PARTITION BY p.later, p.own, o.t, o.k)
  QUALIFY count(*) FILTER (l.cell IS NOT NULL) OVER w >= 4 AND 7 * count(*) FILTER (l.cell IS NULL) OVER w <= count(*) OVER w)
SELECT DISTINCT 'across.vanished' AS rule, '' AS template, own AS a, fact AS a_fact, false AS a_sentence, later AS b, '' AS b_fact, cell,
       {'held': 0, 'failed': 0} AS more
FROM m WHERE NOT there
