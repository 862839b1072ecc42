-- 所属单位各有自己的文件、都说到的数，合起来就是部门的数。
WITH m AS (
  SELECT u.n AS department, u.unit, d.n AS document
  FROM {units} u JOIN known k ON k.n = u.n
  LEFT JOIN known d ON d.w = u.w AND d.is_unit AND d.comparable AND d.latest AND d.year = k.year AND d.stage = k.stage
  WHERE k.latest),
complete AS (SELECT department, count(*) AS units FROM m GROUP BY department HAVING count(*) = count(DISTINCT document) AND count(*) >= 2),
s AS (
  SELECT m.department, t.cell, t.year, t.stage, sum(t.low) AS low, sum(t.high) AS high, arg_max(t.n, t.low) AS n,
         arg_max(t.place, t.low) AS place, any_value(units) AS units
  FROM m JOIN complete USING (department) JOIN {told} t ON t.n = m.document
  WHERE NOT t.listed AND NOT t.previous AND NOT t.sentence
  GROUP BY m.department, t.cell, t.year, t.stage HAVING count(*) = any_value(units)),
c AS (
  SELECT s.*, b.place AS b_place, s.low <= b.high AND b.low <= s.high AS holds
  FROM s JOIN {told} b ON b.n = s.department AND b.cell = s.cell AND b.year = s.year AND b.stage = s.stage
  WHERE NOT b.about_unit AND NOT b.previous AND NOT b.sentence AND (b.low + b.high <> 0 OR s.low + s.high <> 0)
  WINDOW w AS (PARTITION BY s.department)
  QUALIFY count(*) FILTER (holds) OVER w >= 4 AND 7 * count(*) FILTER (NOT holds) OVER w <= count(*) OVER w)
SELECT 'across.units' AS rule, 'sum' AS template, n AS a, place AS a_place, false AS a_sentence, department AS b, b_place, cell,
       {'held': 0, 'failed': 0, 'units': units, 'total': (low + high) / 2} AS more
FROM c WHERE NOT holds
