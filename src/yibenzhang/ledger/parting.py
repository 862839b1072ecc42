"""The rules across documents asked of DuckDB, part by part: bodies that a department's list of units ties together are
of one part, so that memory holds one part however large the ledger is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yibenzhang.ledger.connecting import across_sql, statements_of

if TYPE_CHECKING:
    import duckdb

NUMBERS = 4_000_000
"""A part has about so many numbers: what is joined at once."""
_ROW = "rule, template, a, a_place, a_sentence, b, b_place, cell"


def asked(
    con: duckdb.DuckDBPyConnection, batches: Sequence[Path], rules: Sequence[str], numbers: int = NUMBERS
) -> Iterator[tuple[Any, ...]]:
    """The rows of the rules (across/*.sql) in their order, each rule's in one order whatever the parts are."""
    con.execute("CREATE TEMP TABLE kept_units AS SELECT * FROM units")
    parts = _parts(con, numbers)
    _spread(con, batches, parts)
    kept = {"units": "kept_units", "counted": "kept_counted", "pairs": "kept_pairs"}
    _gathered(con, "kept_counted", across_sql("counted", **kept, told="{told}"), parts)
    con.execute(f"CREATE TEMP TABLE kept_pairs AS {across_sql('pairs', **kept)}")
    for name in rules:
        sql = across_sql(name, **kept, told="{told}")
        other = "b_cell" if "b_cell" in sql else "cell AS b_cell"
        _gathered(con, f"kept_{name}", f"SELECT {_ROW}, {other}, more FROM ({sql})", parts)
        yield from con.execute(f"FROM kept_{name} ORDER BY ALL").fetchall()
        con.execute(f"DROP TABLE kept_{name}")


def _gathered(con: duckdb.DuckDBPyConnection, table: str, sql: str, parts: int) -> None:
    """A table of what a query finds in each part, or at once where it asks nothing of the parts."""
    names = [f"kept_told_{k}" for k in range(parts)] if "{told}" in sql else [""]
    for k, name in enumerate(names):
        into = f"INSERT INTO {table}" if k else f"CREATE TEMP TABLE {table} AS"
        con.execute(f"{into} {sql.replace('{told}', name)}")


def _parts(con: duckdb.DuckDBPyConnection, numbers: int) -> int:
    """The table parts, of which part each body is, and how many there are: as few as hold so many numbers each."""
    root: dict[int, int] = {}

    def find(w: int) -> int:
        while (above := root.setdefault(w, w)) != w:
            root[w] = root.setdefault(above, above)
            w = above
        return w

    tied = con.execute(
        "SELECT DISTINCT d.w, u.w FROM kept_units u JOIN known d USING (n) WHERE u.w IS NOT NULL ORDER BY ALL"
    )
    for department, unit in tied.fetchall():
        root[find(unit)] = find(department)
    weights = con.execute("SELECT w, sum(numbers)::BIGINT FROM known GROUP BY w ORDER BY w")
    together: dict[int, list[int]] = {}
    weight: dict[int, int] = {}
    for w, count in weights.fetchall():
        together.setdefault(find(w), []).append(w)
        weight[find(w)] = weight.get(find(w), 0) + (count or 0)
    part, held = 0, 0
    rows: list[tuple[int, int]] = []
    for first, bodies in together.items():
        if held and held + weight[first] > numbers:
            part, held = part + 1, 0
        held += weight[first]
        rows += [(w, part) for w in bodies]
    con.execute("CREATE TEMP TABLE parts (w INTEGER, part INTEGER)")
    if rows:
        con.execute(
            "INSERT INTO parts SELECT unnest(?), unnest(?)", [list(x) for x in zip(*rows, strict=True)]
        )
    return part + 1


def _spread(con: duckdb.DuckDBPyConnection, batches: Sequence[Path], parts: int) -> None:
    """What every document says of whom, batch by batch, into a table for each part."""
    for k in range(parts):
        con.execute(f"CREATE TEMP TABLE kept_told_{k} AS SELECT * FROM told LIMIT 0")
    for batch in batches:
        sql = statements_of(batch, "kept_units")
        if parts == 1:
            con.execute(f"INSERT INTO kept_told_0 {sql}")
            continue
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE new_told AS SELECT t.*, part FROM ({sql}) t JOIN parts USING (w)"
        )
        for (k,) in con.execute("SELECT DISTINCT part FROM new_told ORDER BY part").fetchall():
            con.execute(f"INSERT INTO kept_told_{k} SELECT * EXCLUDE (part) FROM new_told WHERE part = {k}")
    con.execute("DROP TABLE IF EXISTS new_told")
