-- 同一单位、同一年、同一阶段、同一坐标的数，两份文件各说了一遍，一对文件一行：相符几个，不符的是哪些。
--   previous 后一年的上年数与那一年自己的文件；initial 决算里的年初预算数与预算；differs 后一年的上年数与那一年决算里的年初预算数；
--   units 部门表里的单位与单位自己的文件；version 同一份公开的先后两稿；part 单位的数不大于部门的数。
-- failed：不符的有几样，差额相同的（一个数和随之不同的合计）是一样。
-- sound：这一对里至少四个数相符、不符的不超过七分之一（同一省份同类的对照都是如此，则不超过三分之一），不符的才是要问的。
WITH met AS (
  SELECT CASE WHEN b.of_accounts <> a.of_accounts THEN 'differs' ELSE 'previous' END AS law,
         a.n AS later, b.n AS own, a.sentence, a.place AS later_place, b.place AS own_place, cell,
         a.low <= b.high AND b.low <= a.high AS holds,
         a.low + a.high - b.low - b.high AS gap
  FROM (FROM {told} WHERE previous AND latest AND NOT listed AND NOT sentence
        UNION ALL
        FROM {told} s WHERE sentence AND previous AND latest AND NOT EXISTS (
          FROM {told} t WHERE t.n = s.n AND t.cell = s.cell AND t.previous AND NOT t.listed AND NOT t.sentence)) a
  JOIN (FROM {told} WHERE NOT previous AND latest AND NOT listed AND NOT sentence) b USING (w, about_unit, year, stage, cell)
  WHERE a.low + a.high <> 0 OR b.low + b.high <> 0
  UNION ALL
  SELECT 'initial', a.n, b.n, a.sentence, a.place, b.place, cell, a.low <= b.high AND b.low <= a.high,
         a.low + a.high - b.low - b.high
  FROM (FROM {told} WHERE of_accounts AND stage = 'initial' AND NOT previous AND latest AND NOT listed AND NOT sentence
        UNION ALL
        FROM {told} s WHERE sentence AND of_accounts AND stage = 'initial' AND NOT previous AND latest AND NOT EXISTS (
          FROM {told} t WHERE t.n = s.n AND t.cell = s.cell AND t.stage = 'initial' AND NOT t.previous AND NOT t.listed AND NOT t.sentence)) a
  JOIN (FROM {told} WHERE NOT of_accounts AND stage = 'initial' AND NOT previous AND latest AND NOT listed AND NOT sentence) b
       USING (w, about_unit, year, stage, cell)
  WHERE a.low + a.high <> 0 OR b.low + b.high <> 0
  UNION ALL
  SELECT 'units', a.n, b.n, false, a.place, b.place, cell, a.low <= b.high AND b.low <= a.high,
         a.low + a.high - b.low - b.high
  FROM (FROM {told} WHERE listed AND NOT previous AND latest) a
  JOIN (FROM {told} WHERE about_unit AND NOT listed AND NOT previous AND latest AND NOT sentence) b
       USING (w, of_accounts, year, stage, cell)
  WHERE a.low + a.high <> 0 OR b.low + b.high <> 0
  UNION ALL
  SELECT 'version', a.n, b.n, false, a.place, b.place, cell, a.low <= b.high AND b.low <= a.high,
         a.low + a.high - b.low - b.high
  FROM (FROM {told} WHERE w IN (SELECT w FROM known WHERE NOT latest) AND latest AND NOT previous AND NOT sentence) a
  JOIN (FROM {told} WHERE NOT latest AND NOT previous AND NOT sentence) b USING (w, about_unit, listed, of_accounts, year, stage, cell)
  WHERE a.low + a.high <> 0 OR b.low + b.high <> 0
  UNION ALL
  SELECT 'part', a.n, b.n, false, a.place, b.place, a.cell, a.low <= b.high,
         a.low + a.high - b.low - b.high
  FROM (SELECT t.*, m.department FROM {told} t JOIN (
          SELECT u.n AS department, d.n FROM {units} u JOIN known d ON d.w = u.w AND d.is_unit AND d.latest AND d.comparable
          UNION SELECT x.n, d.n FROM known x JOIN known d ON d.w = x.w AND d.is_unit AND NOT x.is_unit AND d.latest AND d.comparable
        ) m ON m.n = t.n WHERE NOT listed AND NOT previous AND NOT sentence) a
  JOIN (FROM {told} WHERE NOT about_unit AND NOT previous AND latest AND NOT sentence) b
       ON b.n = a.department AND b.of_accounts = a.of_accounts AND b.year = a.year AND b.stage = a.stage AND b.cell = a.cell
  WHERE a.low + a.high <> 0 OR b.low + b.high <> 0),
counted AS (
  SELECT law, later, own, sentence, count(*) FILTER (holds) AS held, list(gap) FILTER (NOT holds) AS gaps,
         list({'cell': cell, 'later': later_place, 'own': own_place}) FILTER (NOT holds) AS failing
  FROM met GROUP BY law, later, own, sentence),
causes AS (
  SELECT law, later, own, sentence, held, CASE WHEN gaps IS NULL THEN 0 ELSE len(list_distinct(gaps)) END AS failed, failing FROM counted)
SELECT c.*, held >= CASE law WHEN 'part' THEN 8 ELSE 4 END
            AND (failed * 7 <= held + failed
                 OR failed * 3 <= held + failed AND 7 * sum(failed) OVER alike <= sum(held + failed) OVER alike) AS sound
FROM causes c JOIN known b ON b.n = c.own
WINDOW alike AS (PARTITION BY law, sentence, left(b.division, 2))
