-- 同一单位、同一年、同一阶段、同一坐标的数，两份文件各说了一遍，一对文件一行：相符几个，不符的是哪些。
--   previous 后一年的上年数与那一年自己的文件；initial 决算里的年初预算数与预算；differs 后一年的上年数与那一年决算里的年初预算数；
-- sound：这一对里至少四个数相符、不符的不超过七分之一（同一省份同类的对照都是如此，则不超过三分之一），不符的才是要问的。
--   units 部门表里的单位与单位自己的文件；version 同一份公开的先后两稿；part 单位的数不大于部门的数。
WITH t AS MATERIALIZED (SELECT * FROM {told}),
met AS (
  SELECT CASE WHEN NOT (a.latest AND b.latest) THEN 'version'
              WHEN a.version = 'previous' AND b.document_stage <> a.document_stage THEN 'differs'
              WHEN a.version = 'previous' THEN 'previous'
              WHEN a.document_stage <> b.document_stage THEN 'initial' ELSE 'units' END AS law,
         a.n AS later, b.n AS own, a.sentence, a.fact AS later_fact, b.fact AS own_fact, a.cell,
         a.low <= b.high AND b.low <= a.high AS holds
  FROM t a JOIN t b USING (who, about_unit, year, stage, cell)
  WHERE a.n <> b.n AND (a.value <> 0 OR b.value <> 0) AND b.version <> 'previous' AND NOT b.sentence
    AND CASE WHEN a.latest AND b.latest
             THEN a.version = 'previous' OR a.document_stage = 'accounts' AND b.document_stage = 'budget'
                  OR a.document_stage = b.document_stage AND a.listed AND NOT b.listed
             ELSE a.latest AND NOT b.latest AND a.document_stage = b.document_stage AND a.listed = b.listed
                  AND a.version <> 'previous' END
  UNION ALL
  SELECT 'part', a.n, b.n, false, a.fact, b.fact, a.cell, a.low <= b.high
  FROM t a JOIN t b USING (year, stage, cell) JOIN (
    SELECT u.n, u.who, true AS known FROM {units} u UNION SELECT n, who, true FROM known WHERE comparable AND NOT is_unit
  ) m ON m.n = b.n AND m.who = a.who
  WHERE a.latest AND b.latest AND a.about_unit AND NOT a.listed AND NOT b.about_unit AND a.version <> 'previous'
    AND b.version <> 'previous' AND a.document_stage = b.document_stage AND NOT a.sentence AND NOT b.sentence
    AND a.stage = CASE a.document_stage WHEN 'accounts' THEN 'final' ELSE 'initial' END AND (a.value <> 0 OR b.value <> 0)),
counted AS (
  SELECT law, later, own, sentence, count(*) FILTER (holds) AS held, count(*) FILTER (NOT holds) AS failed,
         list({'cell': cell, 'later': later_fact, 'own': own_fact}) FILTER (NOT holds) AS failing
  FROM met GROUP BY law, later, own, sentence)
SELECT c.*, held >= CASE law WHEN 'part' THEN 8 ELSE 4 END
            AND (failed * 7 <= held + failed
                 OR failed * 3 <= held + failed AND 7 * sum(failed) OVER alike <= sum(held + failed) OVER alike) AS sound
FROM counted c JOIN known b ON b.n = c.own
WINDOW alike AS (PARTITION BY law, sentence, left(b.division, 2))
