-- 每个数说的是谁的、哪一年、哪个阶段的钱：上年数说的是上一年；决算里没有写明的是决算数，预算里的是年初预算数；
-- 部门的表里某个单位的行，说的是那个单位；单位自己的文件里写着自己代码的行，说的是它自己。正文里“比上年增加”推出来的
-- 上年数、“年初预算为……”（sentence），只在表里没有印时算（见 pairs.sql）。一份文件在一处说了不同的数的，不算。w 是单位，place 是单位代码、版本、阶段
-- 三样的哈希（和 cell 一起找得到原来的数），col 是表和栏的哈希。
WITH read AS (
  SELECT d.n, CASE WHEN d.is_unit AND f.unit = d.code THEN '' ELSE f.unit END AS unit, version,
         CASE WHEN version = 'previous' AND told_stage = '' AND spent(heading) THEN 'final' ELSE told_stage END AS told_stage, cell,
         at_place(f.unit, version, told_stage) AS place, hash("table", "column") AS col, value, low, high
  FROM {facts} f JOIN known d ON d.document = f.document AND d.batch = {batch}
  WHERE d.comparable AND cell IS NOT NULL AND value IS NOT NULL AND version IN ('', 'current_year', 'previous')),
cells AS (
  SELECT n, cell, place, any_value(unit) AS unit, any_value(version) AS version, min(told_stage) AS told_stage,
         min(col) AS col, max(low) AS low, min(high) AS high, min(value) = max(value) AS one
  FROM read GROUP BY n, cell, place),
said AS (
  SELECT d.n, cell, min(at_place('', version, told_stage)) AS place, '' AS unit, version, told_stage, 0::UBIGINT AS col,
         max(low) AS low, min(high) AS high
  FROM {statements} f JOIN known d ON d.document = f.document AND d.batch = {batch}
  WHERE d.comparable AND cell IS NOT NULL AND value IS NOT NULL AND unit = '' AND told_stage IN ('', 'initial', 'final')
  GROUP BY d.n, cell, version, told_stage HAVING max(low) <= min(high)),
numbers AS (
  SELECT n, cell, place, unit, version, told_stage, col, low, high, false AS sentence FROM cells WHERE one
  UNION ALL
  SELECT *, true FROM said)
SELECT c.n, coalesce(u.w, d.w) AS w, d.is_unit OR u.unit IS NOT NULL AS about_unit, u.unit IS NOT NULL AS listed,
       version = 'previous' AS previous, d.stage = 'accounts' AS of_accounts, d.latest,
       (d.year - CAST(version = 'previous' AS INTEGER))::SMALLINT AS year,
       CASE WHEN told_stage <> '' THEN told_stage WHEN d.stage = 'accounts' THEN 'final' ELSE 'initial' END::stages AS stage,
       cell, place, col, sentence, low, high
FROM numbers c JOIN known d USING (n) LEFT JOIN {units} u ON u.n = c.n AND u.unit = c.unit
WHERE c.unit = '' OR u.w IS NOT NULL
