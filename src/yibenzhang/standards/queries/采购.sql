-- 各单位各年的政府采购：合计和货物、工程、服务（万元）
SELECT body AS 单位, year AS 年度, stage AS 阶段, item AS 项, wan(max(value)) AS 万元, min(page) AS 页
FROM facts
WHERE item IN ('procurement', 'goods', 'works', 'services', 'purchased_services') AND version IN ('', 'current_year') AND unit = ''
  AND project = '' AND dimension = 'money' AND value IS NOT NULL
  AND (body LIKE '%' || $body || '%') AND ($year = 0 OR year = $year)
GROUP BY body, year, stage, item
ORDER BY body, year, stage, item
