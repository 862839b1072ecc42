-- 对照各份文件的视图：它们的查询计划比其余的都大得多，要用的连接才建。

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
