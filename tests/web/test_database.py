"""The tables: as the models say, on both databases, wholly made or not at all."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, event, inspect
from sqlalchemy.engine import make_url

from yibenzhang.office.database import DatabaseError, encrypted, engine_of, prepare
from yibenzhang.office.models import Base


@pytest.fixture
def engine(database: str, tmp_path: Path) -> Any:
    made = engine_of(database, tmp_path)
    yield made
    made.dispose()


def differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        found: list[Any] = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True}),
            Base.metadata,
        )
    return found


def test_the_migrations_make_what_the_models_say(engine: Engine) -> None:
    assert len(differences(engine)) >= len(Base.metadata.tables), "nothing is there before"
    prepare(engine)
    assert differences(engine) == []
    prepare(engine)
    assert differences(engine) == []


def test_a_server_killed_while_it_makes_the_tables_leaves_nothing_behind(engine: Engine) -> None:
    class Killed(BaseException):
        pass

    count = 0

    def kill(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == 25:
            raise Killed

    event.listen(engine, "before_cursor_execute", kill)
    with pytest.raises(Killed):
        prepare(engine)
    event.remove(engine, "before_cursor_execute", kill)
    assert inspect(engine).get_table_names() == []
    prepare(engine)
    assert differences(engine) == []


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://nobody@127.0.0.1:1/none",
        "mysql://x@127.0.0.1/x",
        "no address",
        "sqlite:////no/such/folder/x.db",
    ],
)
def test_a_database_that_cannot_be_used_is_told(address: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="数据库"):
        prepare(engine_of(address, tmp_path))


def test_what_an_older_version_kept_stands_after_the_step(database: str, tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import text

    from yibenzhang.office.database import OFFICE

    engine = engine_of(database, tmp_path)
    config = Config()
    config.set_main_option("script_location", str(OFFICE))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.commit()
    moment = "2026-01-01 00:00:00"
    with engine.begin() as connection:
        for statement in (
            f"INSERT INTO users (id, name, shown, password, role, active, must_change, made_at) VALUES (1, 'a', '', '', 'head', true, false, '{moment}')",
            f"INSERT INTO logins (id, token, user_id, made_at, ends_at) VALUES (1, 'x', 1, '{moment}', '{moment}')",
            f"INSERT INTO tokens (id, token, name, user_id, made_at) VALUES (1, 'y', 'k', 1, '{moment}')",
        ):
            connection.execute(text(statement))
    prepare(engine)
    assert differences(engine) == []
    with engine.connect() as connection:
        told = connection.execute(text("SELECT agent, address, seen_at FROM logins")).one()
        assert tuple(told) == ("", "", None)
        assert connection.execute(text("SELECT ends_at FROM tokens")).scalar() is None
    engine.dispose()


@pytest.mark.parametrize(
    ("address", "verified"),
    [
        ("postgresql://u@db.example.gov.cn/office", True),
        ("postgresql://u@db.example.gov.cn/office?sslmode=require", False),
        ("postgresql://u@localhost/office?sslmode=verify-full", True),
        ("postgresql://u@db.example.gov.cn/office?sslmode=disable", None),
        ("postgresql://u@127.0.0.1/office", None),
        ("postgresql:///office", None),
    ],
)
def test_a_database_on_another_machine_is_spoken_to_in_secret(address: str, verified: bool | None) -> None:
    url, context = encrypted(make_url(address))
    assert "sslmode" not in url.query and (context is None) is (verified is None)
    assert context is None or (context.verify_mode is ssl.CERT_REQUIRED) is verified


@pytest.mark.parametrize("said", ["sslmode=prefer", "sslrootcert=/nowhere/ca.pem"])
def test_what_encryption_cannot_be_is_told(said: str) -> None:
    with pytest.raises(DatabaseError):
        encrypted(make_url(f"postgresql://u@db.example.gov.cn/office?{said}"))
