-- 各单位的错误和疑问
SELECT body AS 单位, year AS 年度, severity AS 程度, rule AS 规则, message AS 内容
FROM issues
WHERE severity IN ('error', 'warning') AND (body LIKE '%' || $body || '%') AND ($year = 0 OR year = $year)
ORDER BY severity, body, year, rule
