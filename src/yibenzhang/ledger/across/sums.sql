-- 所属单位各有自己的文件、都说到的数，合起来就是部门的数。
WITH m AS (
  SELECT u.n AS department, u.unit, d.n AS document
  FROM {units} u JOIN known w ON w.n = u.n
  LEFT JOIN known d ON d.who = u.who AND d.is_unit AND d.comparable AND d.latest AND d.year = w.year AND d.stage = w.stage
  WHERE w.latest),
complete AS (SELECT department, count(*) AS units FROM m GROUP BY department HAVING count(*) = count(DISTINCT document) AND count(*) >= 2),
s AS (
  SELECT m.department, t.cell, t.year, t.stage, sum(t.low) AS low, sum(t.high) AS high, arg_max(t.n, t.value) AS n,
         arg_max(t.fact, t.value) AS fact, sum(t.value) AS total, any_value(units) AS units
  FROM m JOIN complete USING (department) JOIN {told} t ON t.n = m.document AND NOT t.listed AND t.version <> 'previous' AND NOT t.sentence
  GROUP BY m.department, t.cell, t.year, t.stage HAVING count(*) = any_value(units)),
c AS (
  SELECT s.*, b.fact AS b_fact, s.low <= b.high AND b.low <= s.high AS holds
  FROM s JOIN {told} b ON b.n = s.department AND b.cell = s.cell AND b.year = s.year AND b.stage = s.stage
  WHERE NOT b.about_unit AND b.version <> 'previous' AND NOT b.sentence AND (b.value <> 0 OR s.total <> 0)
  WINDOW w AS (PARTITION BY s.department)
  QUALIFY count(*) FILTER (holds) OVER w >= 4 AND 7 * count(*) FILTER (NOT holds) OVER w <= count(*) OVER w)
SELECT 'across.units' AS rule, 'sum' AS template, n AS a, fact AS a_fact, false AS a_sentence, department AS b, b_fact, cell,
       {'held': 0, 'failed': 0, 'units': units, 'total': total} AS more
FROM c WHERE NOT holds
