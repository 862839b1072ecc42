"""An account of resources in an empty database, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.web.conftest import database, postgres  # noqa: F401  fixtures
from yibenzhang.office.database import Database, engine_of
from yibenzhang.resources.schema import Schema, load_schema
from yibenzhang.resources.store import Doer, prepare

AT = datetime(2026, 3, 1, tzinfo=UTC)
ME = Doer(AT, "王某", "测试")


@pytest.fixture
def schema() -> Schema:
    return load_schema()


@pytest.fixture
def account(database: str, tmp_path: Path) -> Iterator[Database]:  # noqa: F811
    engine = engine_of(database, tmp_path)
    prepare(engine)
    yield Database(engine)
    engine.dispose()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Database]:
    """The same on SQLite only."""
    engine = engine_of("", tmp_path)
    prepare(engine)
    yield Database(engine)
    engine.dispose()
