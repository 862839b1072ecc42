-- 上年自己的文件里有数的一行，今年文件的上年数里没有：只看同一栏其余的数多数都在的。
WITH p AS (SELECT later, own FROM {pairs} WHERE law = 'previous' AND NOT sentence AND sound),
m AS (
  SELECT p.later, p.own, o.cell, o.place, l.cell IS NOT NULL AS there
  FROM p
  JOIN (FROM {told} WHERE NOT previous AND NOT listed AND NOT sentence AND low + high <> 0
                          AND stage = CASE WHEN of_accounts THEN 'final' ELSE 'initial' END) o ON o.n = p.own
  LEFT JOIN (FROM {told} WHERE previous AND NOT listed AND NOT sentence) l
       ON l.n = p.later AND l.cell = o.cell AND l.stage = o.stage
  WINDOW w AS (PARTITION BY p.later, p.own, o.col)
  QUALIFY count(l.cell) OVER w >= 4 AND 7 * (count(*) OVER w - count(l.cell) OVER w) <= count(*) OVER w)
SELECT 'across.vanished' AS rule, '' AS template, own AS a, place AS a_place, false AS a_sentence, later AS b, NULL::UBIGINT AS b_place, cell,
       {'held': 0, 'failed': 0} AS more
FROM m WHERE NOT there
