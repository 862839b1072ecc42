-- 单位的公开文件
SELECT document, body, year, stage, level, path, address FROM documents
WHERE body IN (SELECT unnest($bodies)) ORDER BY year, stage, level
