-- Orders of a day by thing and place. A series is a thing, a place, or a thing at a street.
CREATE OR REPLACE TEMP TABLE daily AS
SELECT series, day, count(*) AS k, count(DISTINCT who) AS callers FROM (
  SELECT unnest([object, coalesce(street, key), object || '@' || coalesce(street, key)]) AS series, CAST(t AS DATE) AS day, who FROM told)
WHERE series IS NOT NULL GROUP BY series, day
