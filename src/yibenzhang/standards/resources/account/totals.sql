-- 单位各年的收入、支出总计（元），每个数带文件和位置
SELECT body, year, stage, side, value, printed, unit_name, title, document, page, place
FROM facts
WHERE total AND side IN ('income', 'expenditure') AND version = '' AND kind = '' AND item = '' AND fund = ''
  AND unit = '' AND residue = '' AND dimension = 'money' AND value <> 0 AND period IN ('', 'all') AND body IN (SELECT unnest($bodies))
QUALIFY row_number() OVER (PARTITION BY document, side ORDER BY page, "row" DESC) = 1
ORDER BY year, stage, side
