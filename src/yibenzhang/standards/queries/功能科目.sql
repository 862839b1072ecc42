-- 各单位各年按支出功能分类科目的支出（万元）
SELECT body AS 单位, year AS 年度, stage AS 阶段, function AS 编码, any_value(label) AS 科目, wan(max(value)) AS 万元, min(page) AS 页
FROM facts
WHERE function <> '' AND version = '' AND kind = '' AND item = '' AND fund = '' AND unit = '' AND project = ''
  AND government = '' AND department = '' AND residue = '' AND dimension = 'money' AND value IS NOT NULL
  AND period IN ('', 'current', 'all') AND (body LIKE '%' || $body || '%') AND ($year = 0 OR year = $year)
GROUP BY body, year, stage, function
ORDER BY body, year, stage, function
