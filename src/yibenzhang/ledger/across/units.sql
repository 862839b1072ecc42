-- 部门的表里按预算单位列的行：单位代码各是哪个单位；上级代码是部门自己，不是单位。
WITH listed AS MATERIALIZED (
  SELECT d.n, d.division, f.unit, f.label FROM all_facts f JOIN known d USING (document, batch)
  WHERE f.unit <> '' AND f.function = '' AND f.label <> '' AND f.unit <> f.label AND d.comparable AND NOT d.is_unit
  GROUP BY ALL)
SELECT l.n, l.unit, min(l.label) AS unit_body, min(b.w) AS w, bool_or(own_name(l.label)) AS own
FROM listed l
LEFT JOIN (SELECT b.name, b.division, min(k.w) AS w FROM bodies b JOIN known k USING (body, division) GROUP BY ALL) b
       ON b.name = bare_name(l.label) AND b.division = l.division
WHERE NOT EXISTS (SELECT 1 FROM listed g WHERE g.n = l.n AND g.unit <> l.unit AND starts_with(g.unit, l.unit))
GROUP BY l.n, l.unit
HAVING count(DISTINCT l.label) = 1
