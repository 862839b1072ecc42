-- 各单位各年按支出经济分类科目（部门预算、政府预算）的支出（万元）
SELECT body AS 单位, year AS 年度, stage AS 阶段, CASE WHEN department <> '' THEN '部门' ELSE '政府' END AS 分类, department || government AS 编码,
       any_value(label) AS 科目, CASE WHEN fund = '' THEN '' ELSE '一般公共预算' END AS 资金, wan(max(value)) AS 万元, min(page) AS 页
FROM facts
WHERE (department <> '' OR government <> '') AND (department = '' OR government = '') AND function = '' AND project = '' AND item = ''
  AND kind IN ('', 'basic') AND fund IN ('', 'general', 'fiscal') AND version IN ('', 'current_year') AND unit = '' AND residue = ''
  AND side IN ('', 'expenditure') AND dimension = 'money' AND value IS NOT NULL
  AND (body LIKE '%' || $body || '%') AND ($year = 0 OR year = $year)
GROUP BY ALL
ORDER BY 单位, 年度, 阶段, 分类, 编码, 资金
