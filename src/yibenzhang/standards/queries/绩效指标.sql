-- 各单位的绩效指标：哪个项目，指标、目标值，自评的写完成值和得分
SELECT body AS 单位, year AS 年度, name AS 项目, level1 AS 一级, level2 AS 二级, indicator AS 指标, target AS 目标值, actual AS 完成值, score AS 得分, page AS 页
FROM indicators
WHERE (body LIKE '%' || $body || '%') AND ($year = 0 OR year = $year)
ORDER BY body, year, name, page, level1, level2, indicator
