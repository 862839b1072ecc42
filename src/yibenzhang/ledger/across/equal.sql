-- 一对文件里多数相符的，列出不符的数。
SELECT CASE law WHEN 'part' THEN 'across.units' WHEN 'version' THEN 'across.differs' ELSE 'across.' || law END AS rule,
       CASE WHEN sentence THEN 'sentence' WHEN law IN ('part', 'version') THEN law ELSE '' END AS template,
       later AS a, f.later AS a_place, sentence AS a_sentence, own AS b, f.own AS b_place, f.cell AS cell,
       {'held': held, 'failed': failed} AS more
FROM (SELECT *, unnest(failing) AS f FROM {pairs} WHERE sound AND failed > 0)
