-- 账本的视图。每份文件只算一次；同一单位、年度、阶段、级别的，后收进来的为准。

CREATE TABLE every_known AS
WITH came AS (SELECT document, arg_max(batch, ingested || batch) AS batch FROM sources GROUP BY document)
SELECT d.*, b.who, b.own AS own_unit, s.path, s.address, s.published, s.ingested, s.program
FROM all_documents d
JOIN came USING (document, batch)
JOIN (SELECT document, batch, string_agg(path, '、' ORDER BY path) AS path, max(address) AS address,
             max(published) AS published, max(ingested) AS ingested, max(program) AS program
      FROM sources GROUP BY document, batch) s USING (document, batch)
LEFT JOIN bodies b USING (body, division);

-- latest：同一单位（who）、年度、阶段、级别的几份里，这一份为准；数不到最多的那份四分之一的，是其中一部分，不是新的一稿。n、w 是文件和单位的序号，只在一次连接里有效。
CREATE TABLE sized AS
SELECT *, numbers * 4 >= max(numbers) OVER (PARTITION BY who, year, stage, own_unit IS TRUE OR level = 'unit', kind) AS complete
FROM every_known;
CREATE TABLE known AS
SELECT * REPLACE (coalesce(who, '') AS who),
       row_number() OVER (ORDER BY who, year, stage, document)::INTEGER AS n,
       dense_rank() OVER (ORDER BY who)::INTEGER AS w,
       own_unit IS TRUE OR level = 'unit' AS is_unit,
       who IS NULL OR year IS NULL OR stage = '' OR kind <> 'disclosure' OR
       row_number() OVER (PARTITION BY who, year, stage, own_unit IS TRUE OR level = 'unit', kind
                          ORDER BY complete DESC, published DESC, ingested DESC, document) = 1 AS latest,
       kind = 'disclosure' AND who IS NOT NULL AND year IS NOT NULL AND stage <> '' AS comparable
FROM sized;
DROP TABLE every_known;
DROP TABLE sized;

CREATE VIEW every_document AS SELECT * EXCLUDE (batch, n, w, own_unit, is_unit, complete, comparable) FROM known;
CREATE VIEW documents AS SELECT * EXCLUDE (batch, n, w, own_unit, is_unit, complete, latest, comparable) FROM known WHERE latest;

CREATE VIEW project_events AS
SELECT e.* EXCLUDE (batch, document), d.document, d.body, d.who, d.year, d.stage, d.division, d.path, d.address
FROM all_project_events e JOIN known d USING (document, batch) WHERE d.latest;

CREATE VIEW indicators AS
SELECT i.* EXCLUDE (batch, document), d.document, d.body, d.who, d.year, d.stage, d.division
FROM all_indicators i JOIN known d USING (document, batch) WHERE d.latest;

CREATE VIEW facts AS
SELECT f.* EXCLUDE (batch, document), d.document, d.body, d.who, d.year, d.stage, d.level, d.region, d.division
FROM all_facts f JOIN known d USING (document, batch) WHERE d.latest;

CREATE VIEW figures AS
SELECT f.* EXCLUDE (batch, document), d.document, d.body, d.who, d.year, d.stage, d.level, d.region, d.division
FROM all_figures f JOIN known d USING (document, batch) WHERE d.latest;

CREATE VIEW passages AS
SELECT p.* EXCLUDE (batch, document), d.document, d.body, d.who, d.year, d.stage, d.division
FROM all_passages p JOIN known d USING (document, batch) WHERE d.latest;

CREATE VIEW statements AS
SELECT f.* EXCLUDE (batch, document), d.document, d.body, d.who, d.year, d.stage, d.level, d.region, d.division
FROM all_statements f JOIN known d USING (document, batch) WHERE d.latest;

CREATE VIEW relations AS
SELECT r.* EXCLUDE (batch) FROM all_relations r JOIN known d USING (document, batch) WHERE d.latest;

CREATE VIEW terms AS
SELECT t.* EXCLUDE (batch) FROM all_terms t JOIN known d USING (document, batch) WHERE d.latest;

CREATE VIEW issues AS
SELECT i.* EXCLUDE (batch, document), d.document, d.body, d.who, d.year, d.stage, d.region, d.division
FROM all_issues i JOIN known d USING (document, batch) WHERE d.latest;

CREATE VIEW evidence AS
SELECT e.* EXCLUDE (batch) FROM all_evidence e JOIN known d USING (document, batch) WHERE d.latest;

CREATE VIEW not_checked AS
SELECT n.* EXCLUDE (batch) FROM all_not_checked n JOIN known d USING (document, batch) WHERE d.latest;

CREATE VIEW files AS
SELECT f.* EXCLUDE (batch) FROM all_files f JOIN known d USING (document, batch) WHERE d.latest;

-- 关系按它的各项重新算一遍：Σ 系数 × 数。
CREATE VIEW sums AS
SELECT document, relation, sum(coefficient * value) AS total, count(*) AS terms, count(value) AS told
FROM all_terms GROUP BY document, relation;

-- 部门的表里按预算单位列的行，见 across/units.sql
CREATE VIEW units AS
{units};

-- 每个数说的是谁的、哪一年、哪个阶段的钱，见 across/told.sql
CREATE VIEW told AS
{told};
