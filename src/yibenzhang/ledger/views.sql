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

-- 一对文件一行，见 across/pairs.sql
CREATE VIEW pairs AS
{pairs};

-- 一对文件里这样的数多数相等，才算得上可以对照；不等的才是要问的。
CREATE VIEW supported AS
SELECT * FROM pairs WHERE sound AND failed > 0;

CREATE VIEW across AS
SELECT s.law, s.sentence, a.who AS about_body, b.year AS about_year, a.document AS later, b.document AS own,
       a.year AS later_year, b.year AS own_year, a.stage AS later_stage, b.stage AS own_stage, a.body AS later_body,
       coalesce(x.title, z.section) AS later_title, coalesce(x.label, z.words) AS label, coalesce(x.heading, '') AS heading,
       coalesce(x.printed, z.printed) AS later_printed, coalesce(x.page, z.page) AS later_page,
       coalesce(x.unit_name, z.unit_name) AS later_unit, coalesce(x.value, z.value) AS later_value,
       y.title AS own_title, y.printed AS own_printed, y.page AS own_page, y.unit_name AS own_unit, y.value AS own_value,
       s.held, s.failed
FROM (SELECT law, later, own, sentence, held, failed, unnest(failing) AS f FROM supported) s
JOIN known a ON a.n = s.later JOIN known b ON b.n = s.own
LEFT JOIN all_facts x ON NOT s.sentence AND x.document = a.document AND x.batch = a.batch AND x.cell = s.f.cell
                         AND at_place(x.unit, x.version, x.told_stage) = s.f.later
LEFT JOIN all_statements z ON s.sentence AND z.document = a.document AND z.batch = a.batch AND z.cell = s.f.cell
                              AND at_place('', z.version, z.told_stage) = s.f.later
JOIN all_facts y ON y.document = b.document AND y.batch = b.batch AND y.cell = s.f.cell
                    AND at_place(y.unit, y.version, y.told_stage) = s.f.own
QUALIFY row_number() OVER (PARTITION BY s.law, s.later, s.own, s.f ORDER BY x.page, y.page, x.fact, y.fact, z.fact) = 1;
