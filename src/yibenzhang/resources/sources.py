"""Where data lies: databases by address, with credentials from the environment only."""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from yibenzhang.resources.schema import Schema

FROM_ENVIRONMENT = "env:"
PASSWORD = "YIBENZHANG_SOURCE_PASSWORD"
_DRIVERS = {"postgresql": "postgresql+pg8000", "mysql": "mysql+pymysql"}


class SourceError(Exception):
    """A source that cannot be used; one sentence for people, without credentials."""


def is_address(source: str) -> bool:
    """True for the address of a database, or the name of a variable that holds one."""
    return source.startswith(FROM_ENVIRONMENT) or "://" in source


def engine_of(schema: Schema, source: str) -> tuple[Engine, str]:
    """An engine that only reads, and how the source is called (no user, no password). Raises SourceError."""
    url = _url(schema, source)
    called = _called(url)
    name = url.get_backend_name()
    if name in _DRIVERS and url.drivername == name:
        url = url.set(drivername=_DRIVERS[name])
    try:
        if name == "sqlite":
            database = url.database or ""
            url = url.set(database=f"file:{database}", query={"mode": "ro", "uri": "true"})
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    except (ImportError, NoSuchModuleError) as error:
        raise SourceError(schema.say("source_driver", name=name)) from error
    except ArgumentError as error:
        raise SourceError(schema.say("source_address")) from error
    if name == "postgresql":
        event.listen(engine, "connect", _reading)
    return engine, called


def _reading(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    cursor.close()
    connection.commit()


def _url(schema: Schema, source: str) -> URL:
    from_environment = source.startswith(FROM_ENVIRONMENT)
    if from_environment:
        name = source[len(FROM_ENVIRONMENT) :]
        source = os.environ.get(name, "")
        if not source:
            raise SourceError(schema.say("source_missing", name=name))
    try:
        url = make_url(source)
    except (ArgumentError, ValueError) as error:
        raise SourceError(schema.say("source_address")) from error
    if url.password and not from_environment:
        raise SourceError(schema.say("source_password"))
    if url.get_backend_name() != "sqlite" and not url.password and PASSWORD in os.environ:
        url = url.set(password=os.environ[PASSWORD])
    return url


def _called(url: URL) -> str:
    """The source without anything secret."""
    port = f":{url.port}" if url.port else ""
    return f"{url.get_backend_name()}://{url.host or ''}{port}/{url.database or ''}"


def reason(error: BaseException) -> str:
    """What a driver says, in one line; statements and their values are left out."""
    cause = getattr(error, "orig", None) or error
    if isinstance(getattr(cause, "args", None), tuple) and cause.args and isinstance(cause.args[0], dict):
        return str(cause.args[0].get("M", ""))[:200]  # PostgreSQL's message
    return (str(cause).splitlines() or [type(cause).__name__])[0][:200]
