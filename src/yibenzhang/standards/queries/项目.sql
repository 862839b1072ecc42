-- 各单位各年的项目支出（万元）
SELECT body AS 单位, year AS 年度, stage AS 阶段, project AS 项目, wan(max(value)) AS 万元, min(page) AS 页
FROM facts
WHERE project <> '' AND version = '' AND dimension = 'money' AND value <> 0 AND fund = ''
  AND (body LIKE '%' || $body || '%') AND ($year = 0 OR year = $year)
GROUP BY body, year, stage, project
ORDER BY body, year, 万元 DESC
