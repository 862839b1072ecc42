-- 各单位各年的“三公”经费及其各项（万元）
SELECT body AS 单位, year AS 年度, stage AS 阶段, item AS 项, wan(max(value)) AS 万元, min(page) AS 页
FROM facts
WHERE item IN ('three_public', 'abroad', 'reception', 'car', 'car_purchase', 'car_running') AND version = '' AND unit = ''
  AND function = '' AND dimension = 'money' AND value IS NOT NULL
  AND (body LIKE '%' || $body || '%') AND ($year = 0 OR year = $year)
GROUP BY body, year, stage, item
ORDER BY body, year, stage, item
