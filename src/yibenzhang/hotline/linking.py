"""一人多次 and 多人一事: which orders are of one person, and which are of one matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from yibenzhang.hotline.groups import grouped
from yibenzhang.hotline.places import locate
from yibenzhang.hotline.words import statements, topics

if TYPE_CHECKING:
    import duckdb


PART = 250_000
"""Orders whose words are counted at a time."""


@dataclass(frozen=True, slots=True)
class Linking:
    """``days``: orders of one matter follow one another within so many; ``likeness``: the part of the rarer text that
    two texts share at least, where their thing is not known, of pairs of characters that are rarer than e to minus
    ``rare``; ``nearly``: the part of the orders of a street that speak of one matter, so that one who tells only the
    street speaks of it too; ``coincidence``: how many other people of a name may be
    expected at a place, so that two calls of that name from there are of one."""

    days: int = 7
    neighbours: int = 25
    lessons: int = 160_000
    terms: int = 4
    witnesses: int = 4
    lift: float = 8.0
    pieces: int = 3
    veto: int = 12
    nearly: float = 0.75
    coincidence: float = 0.05


def link(con: duckdb.DuckDBPyConnection, how: Linking | None = None) -> None:
    """Of ``orders`` make ``order_person (n, person)`` and ``order_matter (n, matter)``: each order that can be told of
    anyone has a person, each has a matter."""
    for name, value in asdict(how or Linking()).items():
        con.execute(f"SET VARIABLE {name} = $value", {"value": value})
    locate(con)
    _done_with(con, "texts", "runs", "mentions", "told_places", "placed")
    persons(con)
    matters(con)


def persons(con: duckdb.DuckDBPyConnection) -> None:
    for sql in statements("persons"):
        con.execute(sql)
    grouped(con, "person_pairs", "person_labels")
    con.execute(
        "CREATE OR REPLACE TABLE order_person AS SELECT o.n, 'p' || coalesce(l.label, o.i) AS person "
        "FROM order_identity o LEFT JOIN person_labels l ON l.member = o.i"
    )
    _done_with(
        con,
        "identities",
        "order_identity",
        "named",
        "whole",
        "common",
        "whereabouts",
        "crowd",
        "chances",
        "living",
    )
    _done_with(con, "person_pairs", "person_labels", "both_ways", "next_labels", "jumped")


def matters(con: duckdb.DuckDBPyConnection) -> None:
    _topic_words(con)
    for sql in statements("matters"):
        _in_parts(con, sql)
    grouped(con, "matter_pairs", "matter_labels")
    for sql in statements("streets"):
        con.execute(sql)
    grouped(con, "matter_pairs", "matter_labels")
    con.execute(
        "CREATE OR REPLACE TABLE order_matter AS SELECT o.n, coalesce(l.label, o.n) AS matter "
        "FROM orders o LEFT JOIN matter_labels l ON l.member = o.n"
    )


def _in_parts(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """A statement that says ``getvariable('part')`` makes its table of so many orders at a time, for the memory."""
    row = con.execute("SELECT count(*) FROM orders").fetchone()
    parts = 1 + (row[0] if row else 0) // PART if "getvariable('part')" in sql else 1
    con.execute("SET VARIABLE parts = $value", {"value": parts})
    for part in range(parts):
        con.execute("SET VARIABLE part = $value", {"value": part})
        con.execute(
            re.sub(r"CREATE OR REPLACE TEMP TABLE (\w+) AS", r"INSERT INTO \1", sql, count=1) if part else sql
        )


def _done_with(con: duckdb.DuckDBPyConnection, *tables: str) -> None:
    for table in tables:
        con.execute(f"DROP TABLE IF EXISTS {table}")


def _topic_words(con: duckdb.DuckDBPyConnection) -> None:
    known = topics()
    marks = ("wide", "area", "splits", "weak")
    objects = [
        (w, "object", code, *(bool(o.get(m)) for m in marks))
        for code, o in known["objects"].items()
        for w in o["words"]
    ]
    problems = [
        (w, "problem", code, *(False for _ in marks)) for code, ws in known["problems"].items() for w in ws
    ]
    implied = [(p[0], *o[1:]) for p in problems for o in objects if o[0] in p[0] and o[0] != p[0]]
    rows = [*objects, *problems, *implied]
    _replace(con, "topic_words", "SELECT DISTINCT *", ("w", "part", "code", *marks), rows)
    apart = [(code, p) for code, o in known["objects"].items() for p in o.get("splits", ())]
    _replace(con, "splits", "SELECT *", ("object", "problem"), apart)
    longest = sorted({r[0] for r in rows}, key=lambda w: (-len(w), w))
    con.execute("SET VARIABLE word_pattern = $value", {"value": "|".join(re.escape(w) for w in longest)})


def _replace(
    con: duckdb.DuckDBPyConnection,
    table: str,
    select: str,
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:
    """A temporary table of these rows."""
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    con.register("given", pa.table({k: list(v) for k, v in zip(names, columns, strict=True)}))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {select} FROM given")
    con.unregister("given")
