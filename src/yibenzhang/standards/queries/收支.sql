-- 各单位各年的收入、支出总计（万元）
SELECT body AS 单位, year AS 年度, stage AS 阶段, title AS 表, side AS 收支, wan(value) AS 万元, page AS 页
FROM facts
WHERE total AND side IN ('income', 'expenditure') AND version = '' AND kind = '' AND item = '' AND fund = ''
  AND unit = '' AND residue = '' AND dimension = 'money' AND value <> 0 AND period IN ('', 'all')
  AND (body LIKE '%' || $body || '%') AND ($year = 0 OR year = $year)
QUALIFY row_number() OVER (PARTITION BY document, side ORDER BY page, "row" DESC) = 1
ORDER BY body, year, stage, side
