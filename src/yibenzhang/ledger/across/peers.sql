-- 与同一省份、同年、同阶段、同级的单位比，特别高的：项目支出占比、“三公”经费占比、支出增长。
WITH x AS (
  SELECT d.n, left(d.division, 2) AS place, d.year, d.stage, d.is_unit,
         max(value) FILTER (f.kind = '' AND item = '' AND version <> 'previous') AS total,
         arg_max({'place': at_place(unit, version, told_stage), 'cell': cell}, (value, cell, version, told_stage)) FILTER (f.kind = '' AND item = '' AND version <> 'previous') AS total_at,
         max(value) FILTER (f.kind = '' AND item = '' AND version = 'previous') AS before,
         arg_max({'place': at_place(unit, version, told_stage), 'cell': cell}, (value, cell, version, told_stage)) FILTER (f.kind = '' AND item = '' AND version = 'previous') AS before_at,
         max(value) FILTER (f.kind = 'project' AND item = '' AND version <> 'previous') AS project,
         arg_max({'place': at_place(unit, version, told_stage), 'cell': cell}, (value, cell, version, told_stage)) FILTER (f.kind = 'project' AND item = '' AND version <> 'previous') AS project_at,
         max(value) FILTER (item = 'three_public' AND version <> 'previous') AS three_public,
         arg_max({'place': at_place(unit, version, told_stage), 'cell': cell}, (value, cell, version, told_stage)) FILTER (item = 'three_public' AND version <> 'previous') AS three_public_at
  FROM all_facts f JOIN known d USING (document, batch)
  WHERE d.comparable AND d.latest AND d.division <> '' AND cell IS NOT NULL AND unit = '' AND function = '' AND department = ''
    AND government = '' AND project = '' AND side IN ('', 'expenditure') AND fund = '' AND period IN ('', 'all', 'current')
    AND version IN ('', 'current_year', 'previous') AND value > 0 AND told_stage IN ('', 'final', 'initial')
    AND (side = 'expenditure' OR f.kind = 'project' OR item = 'three_public')
  GROUP BY ALL),
m AS (
  SELECT n, place, year, stage, is_unit, 'project_share' AS measure, CAST(project AS DOUBLE) / total AS value, project AS part, project_at AS a_at, total_at AS b_at FROM x WHERE project <= total
  UNION ALL SELECT n, place, year, stage, is_unit, 'three_public_share', CAST(three_public AS DOUBLE) / total, three_public, three_public_at, total_at FROM x WHERE three_public <= total
  UNION ALL SELECT n, place, year, stage, is_unit, 'growth', CAST(total AS DOUBLE) / before, total, total_at, before_at FROM x WHERE before > 0),
h AS (SELECT place, year, stage, is_unit, measure, count(*) AS peers, median(value) AS middle FROM m GROUP BY ALL HAVING count(*) >= 8),
g AS (SELECT h.*, e.spread FROM h JOIN (SELECT place, year, stage, is_unit, measure, median(abs(value - middle)) AS spread
                                       FROM m JOIN h USING (place, year, stage, is_unit, measure) GROUP BY ALL) e
      USING (place, year, stage, is_unit, measure))
SELECT 'across.peers' AS rule, measure AS template, n AS a, a_at.place AS a_place, false AS a_sentence, n AS b, b_at.place AS b_place, a_at.cell AS cell,
       b_at.cell AS b_cell,
       {'held': 0, 'failed': 0, 'value': round(100 * value, 2), 'middle': round(100 * middle, 2), 'peers': peers} AS more
FROM m JOIN g USING (place, year, stage, is_unit, measure)
WHERE part >= 100000 AND value > 3 * middle AND value > middle + 8 * greatest(spread, middle / 20)
