-- 单位公开的绩效指标：目标、完成值，每条带文件和位置
SELECT body, year, stage, form, name, indicator, target, actual, document, page, place
FROM indicators
WHERE body IN (SELECT unnest($bodies)) AND indicator <> '' AND (target <> '' OR actual <> '')
ORDER BY year, stage, document, page, TRY_CAST(regexp_extract(place, '^l(\d+)', 1) AS BIGINT), event
