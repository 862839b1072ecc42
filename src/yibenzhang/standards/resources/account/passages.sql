-- 单位公开文件里的句子，每句带文件和位置
SELECT body, year, stage, printed, document, page, place FROM passages
WHERE body IN (SELECT unnest($bodies))
ORDER BY year, stage, document, page, TRY_CAST(regexp_extract(place, '^l(\d+)', 1) AS BIGINT)
