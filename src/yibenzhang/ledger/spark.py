"""The same queries on Spark: one definition, across/*.sql and the sums of views.sql, carried over by sqlglot.

The extra ``spark`` has PySpark and sqlglot; Java 17 has to be there. The workers read the batches where the driver
does: a folder that all of them share.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from yibenzhang.ledger.bodies import own_pattern
from yibenzhang.ledger.connecting import AT_PLACE, NARROW, across_sql, quoted
from yibenzhang.model.analysis import LEDGER
from yibenzhang.standards.lexicon.sentences import executed

if TYPE_CHECKING:
    import duckdb

    from yibenzhang.ledger.store import Ledger

_KNOWN = "n, w, document, batch, body, who, division, code, year, stage, level, is_unit, latest, comparable"
_TYPES = {"text": "STRING", "int": "BIGINT", "bool": "BOOLEAN", "decimal": "DECIMAL(38, 8)"}
_NARROWER = "CAST({} AS DECIMAL(36, 8)) AS {}"
"""Two of these added still have all their decimals."""
_HASHES = {"hash": "xxhash64"}


class NoSpark(Exception):
    """What is missing for Spark; one sentence for people."""


def missing() -> str:
    """What is missing here for Spark, a sentence; empty where nothing is."""
    from importlib.util import find_spec

    if lacking := [name for name in ("pyspark", "sqlglot") if find_spec(name) is None]:
        return f"没有装 {'、'.join(lacking)}：pip install 'yibenzhang[spark]'。"
    if shutil.which("java") is None:
        return "没有 Java：Debian 上 apt-get install openjdk-17-jre-headless。"
    return ""


@contextmanager
def session(master: str, settings: Sequence[tuple[str, str]] = ()) -> Iterator[Any]:
    """A Spark session on a master (local[2], spark://host:7077, …). Raises NoSpark."""
    if lacking := missing():
        raise NoSpark(lacking)
    from pyspark.sql import SparkSession

    os.environ.setdefault(
        "PYSPARK_PYTHON", sys.executable
    )  # the workers have the program under the same path
    builder = SparkSession.builder.master(master).appName("yibenzhang")
    given = {
        "spark.sql.ansi.enabled": "false",
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.showConsoleProgress": "false",
        **dict(settings),
    }
    for name, value in given.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except Exception as error:  # whatever Java or the network make of it
        raise NoSpark(f"Spark 起不来：{str(error).splitlines()[0][:200]}") from error
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield spark
    finally:
        spark.stop()


def carried(sql: str) -> str:
    """A query of DuckDB as Spark reads it."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="duckdb")
    for node in tree.find_all(exp.Anonymous):
        if isinstance(node.this, str) and node.this.lower() in _HASHES:
            node.set("this", _HASHES[node.this.lower()])
    for cte in tree.find_all(exp.CTE):
        cte.set("materialized", None)
    text = tree.sql(dialect="spark", comments=False).replace("LENGTH(ARRAY_", "SIZE(ARRAY_")
    return re.sub(r"\bAS UBIGINT\)", "AS BIGINT)", re.sub(r"\bAS stages\)", "AS STRING)", text))


def prepared(spark: Any, ledger: Ledger, con: duckdb.DuckDBPyConnection) -> None:
    """The tables and functions of a connection to the ledger, as views of the session."""
    spark.createDataFrame(con.sql(f"SELECT {_KNOWN} FROM known").to_arrow_table()).createOrReplaceTempView(
        "known"
    )
    bodies = con.sql("SELECT body, division, name FROM bodies").to_arrow_table()
    spark.createDataFrame(bodies).createOrReplaceTempView("bodies")
    folders = ledger.batch_folders()
    for table in ("facts", "statements", "terms", "relations"):
        _parquet(spark, table, [str(f / f"{table}.parquet") for f in folders])
    for name, arguments, body in _functions():
        spark.sql(f"CREATE OR REPLACE TEMPORARY FUNCTION {name}({arguments}) RETURN {body}")


def _parquet(spark: Any, table: str, files: Sequence[str]) -> None:
    """A table of all batches; amounts a little narrower, so that sums of two keep their decimals."""
    if not files:
        columns = ", ".join(f"`{n}` {_TYPES[k]}" for n, k in LEDGER[table].items())
        spark.createDataFrame([], f"batch STRING, {columns}").createOrReplaceTempView(f"all_{table}")
        return
    shown = [
        _NARROWER.format(f"`{n}`", f"`{n}`") if k == "decimal" else f"`{n}`" for n, k in LEDGER[table].items()
    ]
    batch = "element_at(split(_metadata.file_path, '/'), -2) AS batch"
    spark.read.parquet(*files).selectExpr(batch, *shown).createOrReplaceTempView(f"all_{table}")


def _functions() -> Iterator[tuple[str, str, str]]:
    place = carried(f"SELECT {AT_PLACE}").removeprefix("SELECT ")
    yield "at_place", "unit STRING, version STRING, told_stage STRING", place
    yield "spent", "x STRING", f"x RLIKE {_text('|'.join(map(re.escape, executed())))}"
    narrow = carried(f"SELECT {NARROW}").removeprefix("SELECT ")
    yield "bare_name", "x STRING", f"regexp_replace({narrow}, {_text(own_pattern())}, '')"
    yield "own_name", "x STRING", f"{narrow} RLIKE {_text(own_pattern())}"


def _text(pattern: str) -> str:
    """A regular expression as Spark's SQL writes it."""
    return "r" + quoted(pattern)


def asked(
    ledger: Ledger, con: duckdb.DuckDBPyConnection, rules: Sequence[str], spark: Any
) -> Iterator[tuple[Any, ...]]:
    """The rows of the rules across documents, as comparing asks them of DuckDB, but for the order; places are those of
    DuckDB."""
    prepared(spark, ledger, con)
    _kept(spark, "kept_units", across_sql("units"))
    _kept(spark, "kept_told", across_sql("told", units="kept_units"))
    kept = {"told": "kept_told", "units": "kept_units"}
    _kept(spark, "kept_pairs", across_sql("pairs", **kept))
    rows: list[tuple[Any, ...]] = []
    for name in rules:
        sql = across_sql(name, **kept, pairs="kept_pairs")
        other = "b_cell" if "b_cell" in sql else "cell"
        found = spark.sql(carried(sql)).selectExpr(
            "rule",
            "template",
            "a",
            "a_place",
            "a_sentence",
            "b",
            "b_place",
            "cell",
            f"{other} AS b_cell",
            "more",
        )
        rows += [(*r[:9], r["more"].asDict()) for r in found.collect()]
    places = _places(spark, con, {p for r in rows for p in (r[3], r[6]) if p is not None and not 0 <= p < 32})
    for r in sorted(rows, key=repr):
        yield (*r[:3], places.get(r[3], r[3]), *r[4:6], places.get(r[6], r[6]), *r[7:])


def _kept(spark: Any, name: str, sql: str) -> None:
    """A query worked out once, on the disks of the workers."""
    from pyspark import StorageLevel

    spark.sql(carried(sql)).persist(StorageLevel.DISK_ONLY).createOrReplaceTempView(name)


def _places(spark: Any, con: duckdb.DuckDBPyConnection, wanted: set[int]) -> dict[int, int]:
    """Places with a unit by the hash of Spark, and that of DuckDB."""
    if not wanted:
        return {}
    values = ", ".join(map(str, sorted(wanted)))
    found = spark.sql(
        "SELECT DISTINCT at_place(unit, version, told_stage) AS place, unit, version, told_stage FROM all_facts "
        f"WHERE unit <> '' AND at_place(unit, version, told_stage) IN ({values})"
    ).collect()
    return {
        r["place"]: con.execute(
            "SELECT at_place(?, ?, ?)", [r["unit"], r["version"], r["told_stage"]]
        ).fetchall()[0][0]
        for r in found
    }


EVALUATED = """
SELECT r.document, r.relation, s.total + r.constant AS rest, abs(s.total + r.constant) > r.slack AS broken
FROM (SELECT document, relation, sum(coefficient * value) AS total FROM all_terms GROUP BY document, relation) s
JOIN all_relations r USING (document, relation)
"""
"""Every relation worked out anew, in the words of both engines."""
