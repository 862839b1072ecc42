"""Databases on any SQLAlchemy address, which only an environment variable tells. They are only read."""

from __future__ import annotations

import io
import sqlite3
import threading
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from yibenzhang.evidence.guard import guarded, masked
from yibenzhang.evidence.sources import Limits, Reading, hash_of_rows, secret
from yibenzhang.evidence.words import EvidenceError, say

_DRIVERS = {"postgresql": "postgresql+pg8000", "mysql": "mysql+pymysql"}
_LONGEST_VALUE = 10_000_000
_STEPS = 10_000
"""So many steps of SQLite between two looks at the clock."""


class Database:
    """A source that is a database."""

    def __init__(self, variable: str, limits: Limits) -> None:
        try:
            url = make_url(secret(variable))
        except (ArgumentError, ValueError):
            raise EvidenceError(say("no_address", name=variable)) from None  # the cause holds the address
        self.dialect = url.get_backend_name()
        self.called = f"{self.dialect}://{url.host or ''}/{url.database or ''}"
        self._limits = limits
        self._columns: dict[str, Mapping[str, str] | None] = {}
        try:
            self._engine = _engine(url, limits)
        except (ImportError, NoSuchModuleError):
            raise EvidenceError(say("no_driver", name=self.dialect)) from None
        except ArgumentError:
            raise EvidenceError(say("no_address", name=variable)) from None

    def close(self) -> None:
        self._engine.dispose()

    def named(self, name: str) -> str:
        quote = self._engine.dialect.identifier_preparer.quote_identifier
        return ".".join(quote(part) for part in name.split("."))

    def columns(self, table: str) -> Mapping[str, str] | None:
        if table not in self._columns:
            self._columns[table] = self._inspected(table)
        return self._columns[table]

    def _inspected(self, table: str) -> Mapping[str, str] | None:
        schema, _, name = table.rpartition(".")
        try:
            found = inspect(self._engine).get_columns(name, schema=schema or None)
        except NoSuchTableError:
            return None
        except Exception as error:  # drivers raise their own
            raise EvidenceError(say("source_away", name=self.called, why=masked(error))) from None
        return {c["name"]: str(c["type"]) for c in found} or None

    def ask(self, sql: str, values: Mapping[str, Any]) -> Reading:
        sql = guarded(sql)
        if self.dialect == "sqlite":
            values = {k: str(v) for k, v in values.items()}
        late = threading.Event()
        try:
            with self._engine.connect() as connection:
                watch = threading.Timer(self._limits.seconds + 1, _stop, (connection, late))
                watch.daemon = True
                watch.start()
                try:
                    result = connection.execution_options(stream_results=True).execute(text(sql), values)
                    rows = [tuple(r) for r in result.fetchmany(self._limits.rows + 1)]
                    columns = tuple(result.keys())
                    result.close()
                finally:
                    watch.cancel()
                    connection.rollback()
        except Exception as error:  # drivers raise their own, and a connection that was shut any
            why = say("too_long", seconds=self._limits.seconds) if late.is_set() else masked(_driver(error))
            raise EvidenceError(say("source_failed", name=self.called, why=why)) from None
        if len(rows) > self._limits.rows:
            raise EvidenceError(say("too_many", rows=self._limits.rows))
        return Reading(columns, rows, hash_of_rows(columns, rows))

    def table(self, sql: str) -> Any:
        sql = guarded(sql)
        late = threading.Event()
        try:
            with self._engine.connect() as connection:
                watch = threading.Timer(self._limits.seconds + 1, _stop, (connection, late))
                watch.daemon = True
                watch.start()
                try:
                    return (_copied if self.dialect == "postgresql" else _fetched)(
                        connection, sql, self._limits
                    )
                finally:
                    watch.cancel()
                    connection.rollback()
        except EvidenceError:
            raise
        except Exception as error:
            why = say("too_long", seconds=self._limits.seconds) if late.is_set() else masked(_driver(error))
            raise EvidenceError(say("source_failed", name=self.called, why=why)) from None


class _Bounded(io.BytesIO):
    """Bytes in memory, up to a limit."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._left = most

    def write(self, data: Any) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise OverflowError
        return super().write(data)


def _copied(connection: Connection, sql: str, limits: Limits) -> Any:
    """Rows as PostgreSQL streams them, many times faster than one by one; nothing touches a disk."""
    import pyarrow as pa
    from pyarrow import csv

    into = _Bounded(limits.size)
    cursor: Any = connection.connection.cursor()
    cursor.execute(f"COPY ({sql}) TO STDOUT WITH (FORMAT csv, HEADER)", stream=into)
    into.seek(0)
    names = [n.strip('"') for n in into.readline().decode().strip().split(",")]
    kept = csv.ConvertOptions(
        column_types={n: pa.string() for n in names},  # a number may begin with 0
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    found = csv.read_csv(
        into,
        read_options=csv.ReadOptions(column_names=names),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=kept,
    )
    if found.num_rows > limits.orders:
        raise EvidenceError(say("too_many", rows=limits.orders))
    return found


def _fetched(connection: Connection, sql: str, limits: Limits) -> Any:
    import pyarrow as pa

    result = connection.execution_options(stream_results=True).execute(text(sql))
    names, parts, rows = list(result.keys()), [], 0
    while some := result.fetchmany(50_000):
        rows += len(some)
        if rows > limits.orders:
            raise EvidenceError(say("too_many", rows=limits.orders))
        columns = ([None if v is None else str(v) for v in c] for c in zip(*some, strict=True))
        parts.append(pa.table([pa.array(c, pa.string()) for c in columns], names=names))
    return pa.concat_tables(parts) if parts else pa.table({n: pa.array([], pa.string()) for n in names})


def _driver(error: Exception) -> BaseException:
    inner = getattr(error, "orig", None) if isinstance(error, SQLAlchemyError) else None
    return inner if isinstance(inner, BaseException) else error


def _stop(connection: Connection, late: threading.Event) -> None:
    """Shut a connection whose database has no limit of its own, or does not keep to it."""
    late.set()
    raw = connection.connection.dbapi_connection
    if isinstance(raw, sqlite3.Connection):
        raw.interrupt()
    elif raw is not None:
        raw.close()


def _engine(url: URL, limits: Limits) -> Engine:
    name = url.get_backend_name()
    if name in _DRIVERS and url.drivername == name:
        url = url.set(drivername=_DRIVERS[name])
    options: dict[str, Any] = {}
    if name == "sqlite":
        url = url.set(
            database=f"file:{url.database or ''}", query={"mode": "ro", "uri": "true"}
        )  # no file is made
        options["connect_args"] = {"check_same_thread": False}  # the watch shuts it
    engine = create_engine(url, hide_parameters=True, poolclass=NullPool, **options)
    event.listen(engine, "connect", lambda raw, _: _fence(raw, name, limits))
    return engine


def _fence(raw: Any, name: str, limits: Limits) -> None:
    """Read only, and an end, as each database knows it."""
    milliseconds = int(limits.seconds * 1000)
    if name == "sqlite":
        _fence_sqlite(raw, limits)
        return
    statements = {
        "postgresql": (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            f"SET statement_timeout = {milliseconds}",
            "SET lock_timeout = 5000",
            "SET TIME ZONE 'Asia/Shanghai'",
        ),
        "mysql": ("SET SESSION TRANSACTION READ ONLY", f"SET SESSION max_execution_time = {milliseconds}"),
        "mariadb": (
            "SET SESSION TRANSACTION READ ONLY",
            f"SET SESSION max_statement_time = {limits.seconds}",
        ),
    }.get(name, ())
    cursor = raw.cursor()
    for statement in statements:
        cursor.execute(statement)
    if name == "postgresql":
        cursor.execute("SHOW is_superuser")
        if cursor.fetchone()[0] == "on":
            cursor.execute("SET ROLE pg_read_all_data")  # else a read-only session may still write files
    cursor.close()
    raw.commit()


def _fence_sqlite(raw: sqlite3.Connection, limits: Limits) -> None:
    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
    allowed |= {
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_PRAGMA,
    }  # the inspector's; guarded() lets no other in
    ends = time.monotonic() + limits.seconds
    raw.execute("PRAGMA query_only = 1")
    raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    raw.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY)
    raw.set_progress_handler(lambda: int(time.monotonic() > ends), _STEPS)
