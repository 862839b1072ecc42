"""The account as rules see it: a table for each kind in an embedded database, kept from one question to the next. Only
what was changed since is read again; the history tells what that is."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from yibenzhang.resources.harvesting import opened
from yibenzhang.resources.measuring import last_run
from yibenzhang.resources.models import Entry, History
from yibenzhang.resources.request_findings import request_rows
from yibenzhang.resources.request_rules import load_rules
from yibenzhang.resources.schema import Field, Kind, Schema
from yibenzhang.standards import HERE

if TYPE_CHECKING:
    import duckdb

_CHUNK = 2_000
_PART = 20_000
_MANY = 50_000
"""So many changes are read with all the rest."""
_LEFT_OUT = ("field",)
"""Kinds that no rule looks at."""
_SQL = {
    "int": "BIGINT",
    "decimal": "DECIMAL(38, 6)",
    "money": "DECIMAL(38, 6)",
    "date": "DATE",
    "yes": "BOOLEAN",
}
_OTHERS = {
    "request": "code VARCHAR, kind VARCHAR, resource VARCHAR, name VARCHAR, body VARCHAR, provider VARCHAR, way "
    "VARCHAR, "
    "state VARCHAR, state_name VARCHAR, waits_for VARCHAR, interface VARCHAR, quantity DECIMAL(38, "
    "6), measure VARCHAR, "
    "applied_on DATE, due_on DATE, delivered_on DATE, over_on DATE, ends_on DATE",
    "usage": "request VARCHAR, resource VARCHAR, name VARCHAR, provider VARCHAR, interface VARCHAR, body "
    "VARCHAR, day DATE, "
    "calls BIGINT, records BIGINT",
    "quality": "body VARCHAR, resource VARCHAR, checked BIGINT, passed BIGINT",
    "spending": "body VARCHAR, year BIGINT, stage VARCHAR, name VARCHAR, value DECIMAL(38, 8), place VARCHAR",
    "budgeted": "body VARCHAR, year BIGINT",
}
Row = Mapping[str, Any]
"""An entry as a rule sees it: its values with ``code`` and ``state``."""


class Mirror:
    """The entries of one account. Rules see one state of it, whatever is changed meanwhile."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._con: duckdb.DuckDBPyConnection | None = None
        self._seen = self._last = 0
        self._lock = threading.Lock()

    @contextmanager
    def tables(self, session: Session, today: date) -> Iterator[duckdb.DuckDBPyConnection]:
        """The tables of the account, with its requests, usage and quality, as of a day."""
        with self._lock:
            con = self._refreshed(session).cursor()
            con.execute("BEGIN")
            con.execute(f'SELECT count(*) FROM "{next(iter(self._schema.kinds))}"').fetchall()  # from here on
        try:
            _others(con, request_rows(session, load_rules(self._schema.extra), today))
            with_quality(con, session)
            yield con
        finally:
            con.close()

    def refresh(self, session: Session) -> None:
        """Read what is new."""
        with self._lock:
            self._refreshed(session)

    def _refreshed(self, session: Session) -> duckdb.DuckDBPyConnection:
        last, count = session.execute(
            select(func.coalesce(func.max(History.id), 0), func.count(History.id))
        ).one()
        if self._con is not None and (last, count) == (self._last, self._seen):
            return self._con
        since = select(History.entry_id).where(History.id > self._last)
        fresh = session.scalars(since).all() if self._con is not None and count - self._seen < _MANY else None
        if self._con is None or fresh is None or len(fresh) != count - self._seen:
            con = self._whole(session)
        else:  # a change that was saved under an earlier number would be missed else
            con = self._con
            con.execute("BEGIN")
            try:
                self._changed(con, session, sorted(set(fresh)))
                con.execute("COMMIT")
            except BaseException:
                con.execute("ROLLBACK")
                raise
        self._con, self._last, self._seen = con, last, count
        return con

    def _whole(self, session: Session) -> duckdb.DuckDBPyConnection:
        con = _database()
        for kind in self._schema.kinds.values():
            _table(con, kind.id, _columns(kind), ())
        c = Entry.__table__.c
        asked = select(c.kind, c.code, c.state, c.body, type_coerce(cast(c["values"], Text), Text))
        found = session.connection().execute(asked.where(c.kind.not_in(_LEFT_OUT)))
        for part in found.partitions(_PART):
            self._take(con, part)
        return con

    def _changed(self, con: duckdb.DuckDBPyConnection, session: Session, numbers: Sequence[int]) -> None:
        c = Entry.__table__.c
        asked = select(c.kind, c.code, c.state, c.body, type_coerce(cast(c["values"], Text), Text))
        for k in range(0, len(numbers), _CHUNK):
            few = asked.where(c.id.in_(numbers[k : k + _CHUNK]), c.kind.not_in(_LEFT_OUT))
            found = session.connection().execute(few).all()
            for kind in {r[0] for r in found} & set(self._schema.kinds):
                codes = [r[1] for r in found if r[0] == kind]
                con.execute(f'DELETE FROM "{kind}" WHERE code IN (SELECT unnest(?))', [codes])
            self._take(con, found)

    def _take(self, con: duckdb.DuckDBPyConnection, found: Sequence[Any]) -> None:
        by_kind: dict[str, list[Sequence[str]]] = {}
        for kind, *entry in found:
            by_kind.setdefault(kind, []).append(entry)
        for name, some in by_kind.items():
            if name in self._schema.kinds:
                _entries(con, self._schema.kinds[name], some)


# ---- tables --------------------------------------------------------------------------------------------


def tables(schema: Schema, rows: Mapping[str, Sequence[Row]]) -> duckdb.DuckDBPyConnection:
    """A database in memory with a table for each kind, and empty ones for what comes from elsewhere."""
    con = _database()
    for kind in schema.kinds.values():
        _table(con, kind.id, _columns(kind), rows.get(kind.id, ()))
    _others(con, rows)
    return con


def _database() -> duckdb.DuckDBPyConnection:
    """With the functions that rules may call."""
    con = opened()
    con.execute((HERE / "resources" / "functions.sql").read_text(encoding="utf-8"))
    return con


def _others(con: duckdb.DuckDBPyConnection, rows: Mapping[str, Sequence[Row]]) -> None:
    """What is no entry, in tables that go with the connection."""
    for name, columns in _OTHERS.items():
        some = [(n, t) for n, _, t in (c.partition(" ") for c in re.split(r", (?=[a-z])", columns))]
        _table(con, name, some, rows.get(name, ()), "TEMP TABLE")


def _columns(kind: Kind) -> list[tuple[str, str]]:
    extra = [("code", "VARCHAR"), ("state", "VARCHAR")]
    if kind.field("body") is None:
        extra.append(("body", "VARCHAR"))
    return [*extra, *((f.id, _type(f)) for f in kind.fields)]


def _table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Row],
    made: str = "TABLE",
) -> None:
    import pyarrow as pa

    definitions = ", ".join(f'"{n}" {t}' for n, t in columns)
    con.execute(f'CREATE {made} "{name}" ({definitions})')
    if not rows:
        return
    given = pa.table({n: pa.array([_plain(r.get(n)) for r in rows], pa.string()) for n, _ in columns})
    con.register("given", given)
    casts = ", ".join(_cast(n, t) for n, t in columns)
    con.execute(f'INSERT INTO "{name}" SELECT {casts} FROM given')
    con.unregister("given")


def _entries(con: duckdb.DuckDBPyConnection, kind: Kind, entries: Sequence[Sequence[str]]) -> None:
    """Entries as they come from the account, their values as JSON: DuckDB takes them apart faster than Python."""
    import pyarrow as pa

    if not entries:
        return
    names = ("code", "state", "own_body", "held")
    con.register(
        "given",
        pa.table(
            {n: pa.array(c, pa.string()) for n, c in zip(names, zip(*entries, strict=True), strict=True)}
        ),
    )
    columns = _columns(kind)
    paths = ", ".join("'$.\"" + n + "\"'" for n, _ in columns)
    made = []
    for n, (name, type) in enumerate(columns, start=1):
        cell = f"held[{n}]"
        if name in ("code", "state"):
            made.append(name)
        elif name == "body":
            made.append(f"coalesce({cell}, own_body)")
        elif type == "VARCHAR[]":
            made.append(f"CAST(CAST({cell} AS JSON) AS VARCHAR[])")
        else:
            made.append(f"CAST({cell} AS {type})")
    con.execute(
        f'INSERT INTO "{kind.id}" SELECT {", ".join(made)} FROM ('
        f"SELECT code, state, own_body, json_extract_string(held, [{paths}]) AS held FROM given)"
    )
    con.unregister("given")


def _type(field: Field) -> str:
    return "VARCHAR[]" if field.many else _SQL.get(field.type, "VARCHAR")


def _plain(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "\x1f".join(map(str, value))
    return None if value is None else str(value)


def _cast(name: str, type: str) -> str:
    if type == "VARCHAR[]":
        return f"string_split(\"{name}\", '\x1f')"
    return f'CAST("{name}" AS {type})'


def with_quality(con: duckdb.DuckDBPyConnection, session: Session) -> None:
    """The newest results of every source."""
    rows = [(q.body, q.resource, q.checked, q.passed) for q in last_run(session) if q.checked is not None]
    if rows:
        con.executemany("INSERT INTO quality VALUES (?, ?, ?, ?)", rows)
