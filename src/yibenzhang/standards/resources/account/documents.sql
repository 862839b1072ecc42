-- 单位的公开文件
SELECT document, body, year, stage, level, path, address FROM documents
WHERE body = $body ORDER BY year, stage, level
