-- 知道公开日期的文件，从早到晚；同一地区、年度、阶段比居中的日子晚几天
WITH x AS (
  SELECT body, division, year, stage, TRY_CAST(left(published, 10) AS DATE) AS day, path FROM documents
  WHERE kind = 'disclosure' AND published <> '' AND ($year = 0 OR year = $year)),
m AS (SELECT division, year, stage, quantile_disc(day, 0.5) AS middle, count(*) AS n FROM x WHERE day IS NOT NULL GROUP BY ALL)
SELECT body AS 单位, year AS 年度, stage AS 阶段, day AS 公开日期, date_diff('day', middle, day) AS 晚几天, n AS 同地同年, path AS 文件
FROM x JOIN m USING (division, year, stage)
WHERE day IS NOT NULL AND (body LIKE '%' || $body || '%')
ORDER BY 晚几天 DESC, 年度, 单位
