-- 两份文件说的同一个数不一致：上年数与那一年自己的文件，决算里的年初预算数与预算，部门表里的单位与单位自己的文件（一处一行；合成问题看 ledger check）
SELECT about_body AS 单位, about_year AS 年度,
       CASE law WHEN 'previous' THEN '上年数' WHEN 'initial' THEN '年初预算数' WHEN 'version' THEN '前后两稿' WHEN 'differs' THEN '同一个数'
                WHEN 'part' THEN '单位大于部门' ELSE '单位数' END AS 对照,
       label AS 项, heading AS 栏, later_year AS 一份, later_title AS 表, later_printed AS 印为, later_page AS 页,
       own_year AS 另一份, own_title AS 另一份的表, own_printed AS 另一份印为, own_page AS 另一份页, held AS 相符, failed AS 不符
FROM across
WHERE (about_body LIKE '%' || $body || '%') AND ($year = 0 OR about_year = $year)
ORDER BY about_body, about_year, law, later_page, label
