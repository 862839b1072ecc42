-- 几份文件之间要问的：上年与今年、预算与决算、部门与单位（最近一次 ledger check 查出来的）
SELECT who AS 单位, year AS 年度, severity AS 程度, message AS 说明, a_file AS 一份, a_page AS 页, a_printed AS 印为,
       b_file AS 另一份, b_page AS 另一份页, b_printed AS 另一份印为, rule AS 规则
FROM asked_across
WHERE (who LIKE '%' || $body || '%') AND ($year = 0 OR year = $year)
ORDER BY who, year, rule, id
