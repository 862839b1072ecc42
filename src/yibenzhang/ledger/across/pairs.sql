-- 同一单位、同一年、同一阶段、同一坐标的数，两份文件各说了一遍，一对文件一行：相符几个，不符的是哪些。
--   previous 后一年的上年数与那一年自己的文件；initial 决算里的年初预算数与预算；differs 后一年的上年数与那一年决算里的年初预算数；
--   units 部门表里的单位与单位自己的文件；version 同一份公开的先后两稿；part 单位的数不大于部门的数。
-- failed：不符的有几样，差额相同的（一个数和随之不同的合计）是一样。
-- sound：这一对里至少四个数相符、不符的不超过七分之一（同一省份同类的对照都是如此，则不超过三分之一），不符的才是要问的。
SELECT c.*, held >= CASE law WHEN 'part' THEN 8 ELSE 4 END
            AND (failed * 7 <= held + failed
                 OR failed * 3 <= held + failed AND 7 * sum(failed) OVER alike <= sum(held + failed) OVER alike) AS sound
FROM {counted} c JOIN known b ON b.n = c.own
WINDOW alike AS (PARTITION BY law, sentence, left(b.division, 2))
