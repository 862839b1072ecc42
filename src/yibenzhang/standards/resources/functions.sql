-- What the SQL of rules may call besides what DuckDB has.
-- period(name): the numbers of a name that is a period and nothing else, in their order; NULL for other names.
CREATE MACRO period(name) AS CASE
  WHEN regexp_full_match(lower(name), '(?:year|month|day|date|dt|ym|[0-9年月日期季度第q=/_. :-])+')
    AND regexp_matches(name, '(19|20)[0-9]{2}')
  THEN CAST(regexp_extract_all(name, '[0-9]{1,18}') AS BIGINT[])
END;
