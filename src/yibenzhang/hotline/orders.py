"""Work orders in an embedded database, their numbers and names in one form. Nothing of it is written to a disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from yibenzhang.hotline.sounds import near, sound
from yibenzhang.hotline.words import words

if TYPE_CHECKING:
    import duckdb

COLUMNS = {
    "id": "VARCHAR", "received": "TIMESTAMP", "caller": "VARCHAR", "phone": "VARCHAR", "address": "VARCHAR",
    "place": "VARCHAR", "content": "VARCHAR",
}  # fmt: skip
"""What linking reads of a work order. ``address``: where the caller lives; ``place``: where the matter is."""


@contextmanager
def workplace(memory: str = "4GB") -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that reaches no file and no network."""
    import duckdb

    con = duckdb.connect(config={"memory_limit": memory, "threads": 2})
    try:
        con.execute(
            "SET enable_progress_bar = false; SET temp_directory = ''; SET TimeZone = "
            "'Asia/Shanghai'; SET preserve_insertion_order = false"
        )
        yield con
    finally:
        con.close()


def take(con: duckdb.DuckDBPyConnection, given: Any) -> None:
    """Make the table ``orders`` of a relation or Arrow table that has COLUMNS, missing ones being empty."""
    con.register("given_orders", given)
    there = {r[0] for r in con.execute("DESCRIBE given_orders").fetchall()}
    parts = {c: f"CAST({c} AS {t})" if c in there else f"CAST(NULL AS {t})" for c, t in COLUMNS.items()}
    parts["phone"] = _phone(parts["phone"])
    parts["caller"] = _name(parts["caller"])
    made = ", ".join(f"{sql} AS {name}" for name, sql in parts.items())
    con.execute(
        f"CREATE OR REPLACE TABLE orders AS SELECT row_number() OVER () AS n, {made} FROM given_orders"
    )
    con.unregister("given_orders")
    _sounds(con)


def _phone(column: str) -> str:
    """Digits only, without the country and a leading 0 of a mobile; what is no number is nothing."""
    digits = f"regexp_replace({column}, '[^0-9]', '', 'g')"
    bare = f"regexp_replace({digits}, '^(0086|86|0)(1[0-9]{{10}})$', '\\2')"
    return (
        f"CASE WHEN length({digits}) BETWEEN 7 AND 14 AND NOT regexp_matches({digits}, '^(0+|1+|9+)$') "
        f"THEN {bare} END"
    )


def _name(column: str) -> str:
    """The name without titles; a surname alone where that is all, nothing where none was given."""
    rules = words()["names"]
    titles = "|".join(re.escape(t) for t in rules["titles"])
    none = "|".join(re.escape(t) for t in rules["none"])
    bare = f"regexp_replace(regexp_replace({column}, '[\\s（(].*$|\\s', ''), '({titles})+$', '')"
    return f"CASE WHEN NOT regexp_matches({column}, '^({none})') THEN nullif({bare}, '') END"


def _sounds(con: duckdb.DuckDBPyConnection) -> None:
    """``sounds``: each name as it sounds; ``alike``: names of one number that differ by a letter."""
    import pyarrow as pa

    names = [
        r[0] for r in con.execute("SELECT DISTINCT caller FROM orders WHERE caller IS NOT NULL").fetchall()
    ]
    compound = tuple(words()["names"]["compound"])
    heard = [sound(n) for n in names]
    first = [sound(n[:2] if n.startswith(compound) else n[:1]) for n in names]
    whole = [len(n) > (2 if n.startswith(compound) else 1) for n in names]
    made = pa.table({"caller": names, "sound": heard, "surname": first, "whole": whole}, schema=_NAMES())
    _kept(con, "sounds", made)
    pairs = con.execute(
        "SELECT DISTINCT a.sound, b.sound FROM (SELECT DISTINCT phone, sound, surname FROM orders "
        "JOIN sounds USING (caller) "
        "WHERE whole AND phone IS NOT NULL) a JOIN (SELECT DISTINCT phone, sound, surname FROM "
        "orders JOIN sounds USING (caller) "
        "WHERE whole AND phone IS NOT NULL) b ON a.phone = b.phone AND a.surname = b.surname AND a.sound < b.sound"
    ).fetchall()
    kept = [p for p in pairs if near(*p)]
    _kept(
        con, "alike", pa.table({"one": [a for a, _ in kept], "other": [b for _, b in kept]}, schema=_PAIRS())
    )


def _NAMES() -> Any:
    import pyarrow as pa

    text = pa.string()
    return pa.schema([("caller", text), ("sound", text), ("surname", text), ("whole", pa.bool_())])


def _PAIRS() -> Any:
    import pyarrow as pa

    return pa.schema([("one", pa.string()), ("other", pa.string())])


def _kept(con: duckdb.DuckDBPyConnection, name: str, table: Any) -> None:
    con.register("given_rows", table)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM given_rows")
    con.unregister("given_rows")
