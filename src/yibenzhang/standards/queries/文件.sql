-- 账本里有哪些公开文件，印证了几成，有几个错误和疑问
SELECT body AS 单位, year AS 年度, stage AS 阶段, level AS 级别, numbers AS 数字, proved AS 已印证,
       round(100.0 * proved / nullif(numbers - trivial, 0), 1) AS 百分比, errors AS 错误, warnings AS 疑问, path AS 文件
FROM documents
WHERE (body LIKE '%' || $body || '%') AND ($year = 0 OR year = $year)
ORDER BY body, year, stage, level, path
