-- 同一单位同一年，预算里的支出和决算里的支出，完成了几成（万元）；要两份文件都收进来
WITH x AS (
  SELECT who, level, year, stage, max(value) AS value, arg_max(page, value) AS page
  FROM facts
  WHERE total AND side = 'expenditure' AND version IN ('', 'current_year') AND kind = '' AND item = '' AND fund = '' AND unit = ''
    AND function = '' AND department = '' AND government = '' AND project = '' AND residue = '' AND dimension = 'money' AND value > 0
    AND period IN ('', 'current', 'all') AND told_stage IN ('', CASE stage WHEN 'accounts' THEN 'final' ELSE 'initial' END)
    AND (body LIKE '%' || $body || '%') AND ($year = 0 OR year = $year)
  GROUP BY ALL)
SELECT a.who AS 单位, a.level AS 级别, a.year AS 年度, wan(b.value) AS 预算, wan(a.value) AS 决算, round(100.0 * a.value / b.value, 2) AS 百分比,
       b.page AS 预算页, a.page AS 决算页
FROM x a JOIN x b USING (who, level, year)
WHERE a.stage = 'accounts' AND b.stage = 'budget'
ORDER BY 单位, 年度, 级别
