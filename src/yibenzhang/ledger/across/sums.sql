-- 所属单位各有自己的文件、都说到的数，合起来就是部门的数。
WITH m AS (
  SELECT u.n AS department, u.unit, d.n AS document
  FROM {units} u JOIN known k ON k.n = u.n
  LEFT JOIN known d ON d.w = u.w AND d.is_unit AND d.comparable AND d.latest AND d.year = k.year AND d.stage = k.stage
  WHERE k.latest),
complete AS (SELECT department, count(*) AS units FROM m GROUP BY department HAVING count(*) = count(DISTINCT document) AND count(*) >= 2),
s AS (
  SELECT m.department, t.cell, t.year, t.stage, sum(t.low) AS low, sum(t.high) AS high, arg_max(t.n, (t.low, t.n)) AS n,
         arg_max(t.place, (t.low, t.n)) AS place, any_value(units) AS units
  FROM m JOIN complete USING (department) JOIN {told} t ON t.n = m.document
  WHERE NOT t.listed AND NOT t.previous AND NOT t.sentence
  GROUP BY m.department, t.cell, t.year, t.stage HAVING count(*) = any_value(units)),
met AS (
  SELECT s.*, b.place AS b_place, (s.low <= b.high AND b.low <= s.high) AS holds
  FROM s JOIN {told} b ON b.n = s.department AND b.cell = s.cell AND b.year = s.year AND b.stage = s.stage
  WHERE NOT b.about_unit AND NOT b.previous AND NOT b.sentence AND (b.low + b.high <> 0 OR s.low + s.high <> 0)),
c AS (
  SELECT *, sum(CASE WHEN holds THEN 1 ELSE 0 END) OVER (PARTITION BY department) AS held, count(*) OVER (PARTITION BY department) AS every
  FROM met)
SELECT 'across.units' AS rule, 'sum' AS template, n AS a, place AS a_place, false AS a_sentence, department AS b, b_place, cell,
       {'held': 0, 'failed': 0, 'units': units, 'total': (low + high) * 0.5} AS more
FROM c WHERE NOT holds AND held >= 4 AND 7 * (every - held) <= every
