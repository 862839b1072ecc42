-- 两份文件各说了一遍的数（见 pairs.sql），一对文件一行，还没有看同类的对照。
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
  FROM met GROUP BY law, later, own, sentence)
SELECT law, later, own, sentence, held, CASE WHEN gaps IS NULL THEN 0 ELSE len(list_distinct(gaps)) END AS failed, failing FROM counted
