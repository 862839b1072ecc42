-- 各单位最近一份预算的支出总计（元），带文件和位置
SELECT f.body, f.year, f.value, f.printed, f.unit_name, f.page, f.place, d.path
FROM facts f JOIN documents d ON d.document = f.document
WHERE f.total AND f.side = 'expenditure' AND f.stage = 'budget' AND f.version = '' AND f.kind = '' AND f.item = '' AND f.fund = ''
  AND f.unit = '' AND f.residue = '' AND f.dimension = 'money' AND f.value <> 0 AND f.period IN ('', 'all') AND f.body <> ''
QUALIFY row_number() OVER (PARTITION BY f.body ORDER BY f.year DESC, d.level, f.page, f."row" DESC) = 1
