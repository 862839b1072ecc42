"""The office's database: SQLite beside the ledger by default, PostgreSQL by its address."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from sqlite3 import ProgrammingError
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.orm import Session, sessionmaker

LOST = (OperationalError, InterfaceError, ConnectionError, TimeoutError, NoneFree)
"""What a database that went away raises."""
_LOST_CODES = ("08", "57P", "53", "40")
"""PostgreSQL: connection lost, shut down or starting, out of room or connections, given up for another's sake."""
_TRIES = 4
Made = TypeVar("Made")


_BOARD = frozenset({"seasons", "entries", "bodies", "submissions"})


class DatabaseError(Exception):
    """The database cannot be used; the message is one sentence for a person."""


def unavailable(error: BaseException) -> bool:
    """True where an error says that the database went away or is locked, not that a statement is wrong."""
    if isinstance(error, LOST):
        return True
    return isinstance(error, DBAPIError) and (
        error.connection_invalidated or _code(error).startswith(_LOST_CODES)
    )


def full(error: BaseException) -> bool:
    """True where the database has no room left on its disk."""
    if not isinstance(error, DBAPIError):
        return False
    return _code(error) in ("53100", "58030") or "disk is full" in str(error.orig)


def unfit(error: BaseException) -> bool:
    """True where a value is none that the database can hold: a number too large, a text with NUL or too long."""
    if isinstance(error, DBAPIError) and _code(error).startswith("22"):
        return True
    return isinstance(getattr(error, "orig", error), OverflowError | UnicodeError)


def _code(error: DBAPIError) -> str:
    """PostgreSQL's five characters; empty for others."""
    stated = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return str(stated.get("C", "")) if isinstance(stated, dict) else ""


def engine_of(address: str, folder: Path) -> Engine:
    """The engine for an address; empty is ``office.db`` in the ledger folder. Raises DatabaseError."""
    try:
        url = make_url(address or f"sqlite:///{folder / 'office.db'}")
    except ArgumentError as error:
        raise DatabaseError("数据库地址不对，应形如 postgresql://用户:密码@主机/库名。") from error
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url, connect_args={"timeout": 15}, pool_size=20, max_overflow=30, hide_parameters=True
        )  # what errors tell goes into the log: no hashes, no names
        event.listen(engine, "connect", _sqlite)
        return engine
    if url.get_backend_name() == "postgresql":
        url, context = encrypted(url.set(drivername="postgresql+pg8000"))
        arguments: dict[str, Any] = {"timeout": 15, "ssl_context": context}
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=20,
            max_overflow=30,
            hide_parameters=True,
            connect_args=arguments,
        )
    raise DatabaseError(f"不支持的数据库 {url.get_backend_name()}，请用 SQLite 或 PostgreSQL。")


_HERE = ("", "localhost", "127.0.0.1", "::1")
_NO_MODE = "数据库地址里的 sslmode 只能是 disable、require 或 verify-full。"


def encrypted(url: URL) -> tuple[URL, ssl.SSLContext | None]:
    """The address without what it says of encryption, and how the connection is encrypted: to another machine always,
    its certificate verified (``sslrootcert``: by whom), unless the address says otherwise. Raises DatabaseError."""
    said = {k: v if isinstance(v, str) else v[-1] for k, v in url.query.items()}
    mode, authority = said.pop("sslmode", ""), said.pop("sslrootcert", "")
    if mode not in ("", "disable", "require", "verify-full"):
        raise DatabaseError(_NO_MODE)
    url = url.set(query=said)
    if mode == "disable" or (not mode and ((url.host or "") in _HERE or "unix_sock" in said)):
        return url, None
    try:
        context = ssl.create_default_context(cafile=authority or None)
    except OSError as error:
        raise DatabaseError(f"读不了 sslrootcert 写的证书文件：{authority}") from error
    if mode == "require":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return url, context


def _sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


OFFICE = Path(__file__).parent / "migrations"


def prepare(engine: Engine, migrations: Path = OFFICE) -> None:
    """Bring the tables up to this version of the program; ``migrations`` is the folder of their steps.

    Raises DatabaseError where that cannot be done.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations))
    try:
        with engine.connect() as connection, _alone(connection):
            config.attributes["connection"] = connection
            before = _step(connection)
            command.upgrade(config, "head")
            if _step(connection) != before:
                _whole(connection)
            connection.commit()
    except SQLAlchemyError as error:
        raise DatabaseError(f"数据库不能使用：{_reason(error)}") from error


def _step(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _whole(connection: Connection) -> None:
    """Nothing refers to what is not there: SQLite did not look while the tables were changed. Raises DatabaseError."""
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise DatabaseError("数据库不能使用：表之间的引用不完整，没有升级；请从备份恢复后再试。")


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """All of it or nothing, and one process after the other: a server killed at its first start leaves no half tables,
    and ``user add`` may run while a server starts."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(20140831)"))
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    kept, raw.isolation_level = raw.isolation_level, None  # else it commits before each change of a table
    try:
        # a table that is made anew is dropped, and with this on all that refers to its rows would go or refuse
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield
    finally:
        connection.rollback()
        with suppress(ProgrammingError):  # what was broken off is closed already
            raw.execute("PRAGMA foreign_keys=ON")
        raw.isolation_level = kept


def _reason(error: SQLAlchemyError) -> str:
    stated = str(getattr(error, "orig", None) or error)
    return stated.splitlines()[0][:200]


def lock_rows(session: Session, *things: Any) -> None:
    """Others who hold one of these rows wait until this transaction ends; the rows are read anew, as they stand now."""
    for thing in things:
        table = type(thing).__table__
        keys = {c for index in table.indexes for c in index.columns} | set(table.primary_key.columns)
        plain = next(c for c in table.columns if c not in keys and not c.unique and not c.foreign_keys)
        session.execute(
            update(table).where(table.c.id == thing.id).values({plain: plain})
        )  # no index is touched
        session.refresh(thing)


def _marked(session: Session, _: object) -> None:
    """A session that changed the roster or what was handed in."""
    if any(x.__tablename__ in _BOARD for x in (*session.new, *session.dirty, *session.deleted)):
        session.info["board"] = True


class Database:
    """Sessions on one engine."""

    def __init__(self, engine: Engine, turns: Path | None = None) -> None:
        """``turns`` is a file by which several processes know of each other's commits."""
        self.engine = engine
        self._make = sessionmaker(engine, expire_on_commit=False)
        self._turns, self._counts = turns, True
        event.listen(self._make, "after_flush", _marked)
        event.listen(self._make, "after_commit", self._turned)

    @property
    def turn(self) -> int:
        """Counts the commits that may have changed a board: what was worked out in one turn holds as long. -1 where
        that is not known."""
        if self._turns is None or not self._counts:
            return -1
        try:
            return self._turns.stat().st_size
        except OSError:
            self._counts = False  # begun anew it would meet the numbers of before
            return -1

    def _turned(self, session: Session) -> None:
        if session.info.pop("board", False) and self._turns is not None:
            try:
                handle = os.open(self._turns, os.O_WRONLY | os.O_APPEND)  # never made anew
                try:
                    os.write(handle, b".")
                finally:
                    os.close(handle)
            except OSError:  # no room: without the file nothing is kept, in any process
                self._counts = False
                self._turns.unlink(missing_ok=True)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back where something is raised."""
        with self._make() as session, session.begin():
            yield session

    def settled(self, do: Callable[[Session], Made]) -> Made:
        """What ``do`` makes in a session of its own; anew where another made the same at the same moment."""
        for _ in range(_TRIES - 1):
            try:
                with self.session() as session:
                    return do(session)
            except IntegrityError:
                continue
        with self.session() as session:
            return do(session)

    def alive(self) -> bool:
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except Exception as error:
            if not unavailable(error):
                raise
            return False
        return True
