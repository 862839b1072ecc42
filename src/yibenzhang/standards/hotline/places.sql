-- Addresses as runs of words and numbers. Variables: address_pattern.
CREATE OR REPLACE TEMP TABLE texts AS
SELECT said, count(*) AS orders, any_value(regexp_extract(said, getvariable('address_pattern'), ['one', 'first', 'two', 'second'])) AS p FROM (
  SELECT regexp_replace(place, '[\s，,。．.、（）()#]', '', 'g') AS said FROM orders WHERE place IS NOT NULL
  UNION ALL SELECT regexp_replace(address, '[\s，,。．.、（）()#]', '', 'g') FROM orders WHERE address IS NOT NULL)
GROUP BY said;
CREATE OR REPLACE TEMP TABLE runs AS
SELECT run, sum(orders) AS orders, sum(CASE WHEN door THEN orders ELSE 0 END) AS doors FROM (
  SELECT p.one AS run, suffix(p.first, '号') AS door, orders FROM texts
  UNION ALL SELECT p.two, suffix(p.second, '号'), orders FROM texts)
WHERE run <> '' GROUP BY run
