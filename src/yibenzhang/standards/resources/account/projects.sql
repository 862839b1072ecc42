-- 单位各年的项目支出（元）：有编码的项目只取末级的编码；每个数带文件和位置
WITH listed AS (
  SELECT body, year, stage, project, label, value, printed, unit_name, title, document, page, place,
         regexp_full_match(project, '[0-9A-Z]{12,}') AS coded
  FROM facts
  WHERE project <> '' AND version = '' AND dimension = 'money' AND value <> 0 AND fund = '' AND residue = '' AND body IN (SELECT unnest($bodies))
    AND NOT starts_with(project, body) AND NOT starts_with(label, body)  -- 单位自己的合计
)
SELECT body, year, stage, project, CASE WHEN coded THEN label ELSE project END AS name, value, printed, unit_name, title, document,
       page, place
FROM listed
WHERE coded OR (NOT regexp_full_match(project, '[0-9]*') AND document NOT IN (SELECT document FROM listed WHERE coded))
QUALIFY row_number() OVER (PARTITION BY document, project, CASE WHEN coded THEN label ELSE project END ORDER BY value DESC) = 1
ORDER BY year, stage, value DESC
