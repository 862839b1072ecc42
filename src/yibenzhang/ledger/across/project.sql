-- 同一个项目，前后两年相差十倍以上。
WITH p AS (
  SELECT d.n, d.who, d.is_unit, d.year, d.stage, project, CAST(max(value) AS DOUBLE) AS value,
         arg_max({'place': at_place(unit, version, told_stage), 'cell': cell}, (value, cell, version, told_stage)) AS at
  FROM all_facts f JOIN known d USING (document, batch)
  WHERE d.comparable AND d.latest AND project <> '' AND cell IS NOT NULL AND value > 0 AND unit = '' AND version IN ('', 'current_year')
    AND told_stage IN ('', CASE d.stage WHEN 'accounts' THEN 'final' ELSE 'initial' END)
  GROUP BY ALL)
SELECT 'across.project' AS rule,
       CASE WHEN greatest(a.value, b.value) / least(a.value, b.value) IN (10, 100, 1000, 10000) THEN 'unit' ELSE '' END AS template,
       a.n AS a, a.at.place AS a_place, false AS a_sentence, b.n AS b, b.at.place AS b_place, a.at.cell AS cell, b.at.cell AS b_cell,
       {'held': 0, 'failed': 0, 'times': round(greatest(a.value, b.value) / least(a.value, b.value), 1)} AS more
FROM p a JOIN p b USING (who, is_unit, stage, project)
WHERE a.year = b.year + 1 AND greatest(a.value, b.value) >= 10 * least(a.value, b.value) AND greatest(a.value, b.value) >= 100000
