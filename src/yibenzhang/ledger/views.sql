-- 账本的视图。每份文件只算一次；同一单位、年度、阶段、级别的，后收进来的为准。

CREATE VIEW came AS
SELECT document, arg_max(batch, ingested || batch) AS batch FROM sources GROUP BY document;

CREATE VIEW every_document AS
SELECT d.* EXCLUDE (batch), s.path, s.address, s.published, s.ingested, s.program
FROM all_documents d
JOIN came USING (document, batch)
JOIN (SELECT document, batch, string_agg(path, '、' ORDER BY path) AS path, max(address) AS address,
             max(published) AS published, max(ingested) AS ingested, max(program) AS program
      FROM sources GROUP BY document, batch) s USING (document, batch);

CREATE VIEW documents AS
SELECT * FROM every_document
QUALIFY body = '' OR year IS NULL OR stage = '' OR
        row_number() OVER (PARTITION BY body, year, stage, level ORDER BY published DESC, ingested DESC, document) = 1;

CREATE VIEW facts AS
SELECT f.* EXCLUDE (batch, document), d.document, d.body, d.year, d.stage, d.level, d.region
FROM all_facts f JOIN came USING (document, batch) JOIN documents d USING (document);

CREATE VIEW figures AS
SELECT f.* EXCLUDE (batch, document), d.document, d.body, d.year, d.stage, d.level, d.region
FROM all_figures f JOIN came USING (document, batch) JOIN documents d USING (document);

CREATE VIEW relations AS
SELECT r.* EXCLUDE (batch) FROM all_relations r JOIN came USING (document, batch) SEMI JOIN documents USING (document);

CREATE VIEW terms AS
SELECT t.* EXCLUDE (batch) FROM all_terms t JOIN came USING (document, batch) SEMI JOIN documents USING (document);

CREATE VIEW issues AS
SELECT i.* EXCLUDE (batch, document), d.document, d.body, d.year, d.stage, d.region
FROM all_issues i JOIN came USING (document, batch) JOIN documents d USING (document);

CREATE VIEW evidence AS
SELECT e.* EXCLUDE (batch) FROM all_evidence e JOIN came USING (document, batch) SEMI JOIN documents USING (document);

CREATE VIEW not_checked AS
SELECT n.* EXCLUDE (batch) FROM all_not_checked n JOIN came USING (document, batch) SEMI JOIN documents USING (document);

CREATE VIEW files AS
SELECT f.* EXCLUDE (batch) FROM all_files f JOIN came USING (document, batch) SEMI JOIN documents USING (document);

-- 部门的表里按预算单位列的行：单位代码各是哪个单位；上级代码是部门自己，不是单位。
CREATE VIEW units AS
SELECT f.document, f.unit, any_value(f.label) AS unit_body
FROM facts f
WHERE f.unit <> '' AND f.function = '' AND f.label <> '' AND f.unit <> f.label
  AND NOT EXISTS (SELECT 1 FROM facts g WHERE g.document = f.document AND g.unit <> f.unit AND starts_with(g.unit, f.unit))
GROUP BY f.document, f.unit
HAVING count(DISTINCT f.label) = 1;

-- 每个数说的是谁的、哪一年、哪个阶段的钱：上年数说的是上一年；决算里没有写明的是决算数，预算里的是年初预算数；
-- 部门的表里某个单位的行，说的是那个单位。
CREATE VIEW stated AS
SELECT f.document, CASE WHEN u.unit IS NOT NULL AND level <> 'unit' THEN u.unit_body ELSE body END AS about_body,
       CASE WHEN level = 'unit' OR u.unit IS NOT NULL THEN 'unit' ELSE 'department' END AS about_level,
       body, level, stage AS document_stage, year AS document_year, version,
       year - CAST(version = 'previous' AS INTEGER) AS about_year,
       CASE WHEN told_stage <> '' THEN told_stage WHEN stage = 'accounts' THEN 'final' ELSE 'initial' END AS about_stage,
       side, fund, period, kind, item, function, department, government, project,
       any_value(title) AS title, any_value(label) AS label, any_value(heading) AS heading, any_value(printed) AS printed,
       any_value(unit_name) AS unit_name, any_value(value) AS value, any_value(low) AS low, any_value(high) AS high,
       min(page) AS page, any_value(key) AS key
FROM facts f LEFT JOIN units u USING (document, unit)
WHERE dimension = 'money' AND value IS NOT NULL AND residue = '' AND measure = '' AND told_year = ''
  AND version IN ('', 'current_year', 'previous') AND body <> '' AND year IS NOT NULL AND stage <> ''
  AND (f.unit = '' OR u.unit IS NOT NULL)
GROUP BY ALL
HAVING count(DISTINCT value) = 1;

-- 同一单位、同一年、同一阶段、同一坐标的数，两份文件各说了一遍：后一年的上年数与那一年自己的文件，
-- 决算里的年初预算数与预算，部门表里的单位与单位自己的文件。
CREATE VIEW met AS
SELECT CASE WHEN a.version = 'previous' THEN 'previous' WHEN a.document_stage <> b.document_stage THEN 'initial' ELSE 'unit' END AS law,
       a.about_body, a.about_year, a.about_stage, a.document AS later, b.document AS own, a.document_year AS later_year,
       b.document_year AS own_year, a.document_stage AS later_stage, b.document_stage AS own_stage, a.body AS later_body,
       a.title AS later_title, a.label, a.heading, a.printed AS later_printed, a.page AS later_page, a.unit_name AS later_unit,
       b.title AS own_title, b.printed AS own_printed, b.page AS own_page, b.unit_name AS own_unit,
       a.value AS later_value, b.value AS own_value, a.low <= b.high AND b.low <= a.high AS holds
FROM stated a
JOIN stated b USING (about_body, about_level, about_year, about_stage, side, fund, period, kind, item, function, department,
                     government, project)
WHERE a.document <> b.document AND (a.value <> 0 OR b.value <> 0) AND b.version <> 'previous'
  AND (a.version = 'previous'
       OR a.document_stage = 'accounts' AND b.document_stage = 'budget'
       OR a.document_stage = b.document_stage AND a.level <> 'unit' AND b.level = 'unit');

-- 一对文件里这样的数多数相等，才算得上可以对照；不等的才是要问的。
CREATE VIEW across AS
SELECT m.* EXCLUDE (holds), s.held, s.failed
FROM met m
JOIN (SELECT law, later, own, count(*) FILTER (holds) AS held, count(*) FILTER (NOT holds) AS failed
      FROM met GROUP BY law, later, own) s USING (law, later, own)
WHERE NOT m.holds AND s.held >= 4 AND s.failed * 7 <= s.held + s.failed;
