-- 决算的年初结转和结余，就是上年决算的年末结转和结余。
WITH c AS (
  SELECT d.n, d.who, d.is_unit, d.year, fund, period, min(at_place(unit, version, told_stage)) AS place, max(low) AS low, min(high) AS high, any_value(cell) AS cell
  FROM all_facts f JOIN known d USING (document, batch)
  WHERE d.comparable AND d.latest AND d.stage = 'accounts' AND period IN ('carried_in', 'carried_out') AND cell IS NOT NULL
    AND value IS NOT NULL AND version IN ('', 'current_year') AND told_stage IN ('', 'final') AND unit = '' AND function = ''
    AND department = '' AND government = '' AND f.kind = '' AND item = '' AND project = ''
    AND side IN ('', CASE period WHEN 'carried_in' THEN 'income' ELSE 'expenditure' END)
  GROUP BY ALL HAVING min(value) = max(value))
SELECT 'across.carried' AS rule, '' AS template, a.n AS a, a.place AS a_place, false AS a_sentence, b.n AS b, b.place AS b_place,
       a.cell, b.cell AS b_cell, {'held': 0, 'failed': 0} AS more
FROM c a JOIN c b ON a.who = b.who AND a.is_unit = b.is_unit AND a.fund = b.fund AND a.year = b.year + 1
WHERE a.period = 'carried_in' AND b.period = 'carried_out' AND NOT (a.low <= b.high AND b.low <= a.high)
