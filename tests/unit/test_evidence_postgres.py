"""Evidence on a real PostgreSQL: the same values, and a session that only reads and ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from tests.unit.test_evidence_packs import COMPUTED, LIMITS, PLAIN, rows_of
from tests.web.conftest import Cluster, running_cluster
from yibenzhang.evidence.databases import Database
from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.measuring import check, period_of, run
from yibenzhang.evidence.samples import write_sample
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.words import EvidenceError


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def address(postgres: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    made = postgres.fresh()
    monkeypatch.setenv("SAMPLE_URL", made)
    yield made.replace("postgresql:", "postgresql+pg8000:")
    postgres.drop(made)


def filled(connection: Any, schema: str, folder: Path) -> None:
    connection.execute(text(f'CREATE SCHEMA "{schema}"'))
    for table, rows in rows_of(folder).items():
        names = list(rows[0])
        connection.execute(
            text(
                f'CREATE TABLE "{schema}"."{table}" ({", ".join(f"{chr(34)}{n}{chr(34)} TEXT" for n in names)})'
            )
        )
        marks = ", ".join(f":{n}" for n in names)
        connection.execute(text(f'INSERT INTO "{schema}"."{table}" VALUES ({marks})'), rows)


def test_postgresql_gives_the_same_values(address: str, tmp_path: Path) -> None:
    engine = create_engine(address)
    for p in COMPUTED:
        folder = tmp_path / p.id
        file = write_sample(p, folder)
        with engine.begin() as connection:
            filled(connection, p.id, folder)
        written = file.read_text(encoding="utf-8").replace('"files"', '"database"\nvariable = "SAMPLE_URL"')
        lines = (f'from = "{p.id}.{x[8:-5]}"' if x.startswith("file = ") else x for x in written.splitlines())
        file.write_text("\n".join(lines), encoding="utf-8")
        mapped = mapping_of(file)
        assert check(mapped, LIMITS) == []
        tables = rows_of(folder)
        for o in run(mapped, period_of("2026"), "2026-12-31", LIMITS):
            assert o.value is not None, (o.indicator, o.gap)
            assert abs(o.value - PLAIN[o.indicator](tables)) < Decimal("1e-12"), o.indicator
    engine.dispose()


def test_a_session_of_postgresql_only_reads_and_ends(address: str) -> None:
    source = Database("SAMPLE_URL", Limits(seconds=0.5))
    nowhere = "/nonexistent-folder/x"
    refused = {
        "CREATE TABLE t (a INT)": "25006|42501",
        f"COPY (SELECT 1) TO '{nowhere}'": "42501",
        "SELECT pg_read_file('PG_VERSION')": "42501",
    }
    for sql, why in refused.items():  # behind the guard, which does not even let these through
        with source._engine.connect() as connection, pytest.raises(SQLAlchemyError, match=why):
            connection.execute(text(sql))
    begun = time.monotonic()
    endless = "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT count(*) AS n FROM x"
    with pytest.raises(EvidenceError):
        source.ask(endless, {})
    assert time.monotonic() - begun < 60  # it would never end
    source.close()


def test_a_whole_table_comes_as_it_is_within_limits(address: str) -> None:
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE gd (id TEXT, received TIMESTAMP, content TEXT)"))
        rows = [
            {"id": f"00{k}", "content": c}
            for k, c in enumerate(["一行\n两行", '有"引号",逗号', "", None, "NULL"])
        ]
        connection.execute(text("INSERT INTO gd VALUES (:id, '2026-03-02 08:00', :content)"), rows)
    engine.dispose()
    source = Database("SAMPLE_URL", Limits(seconds=5))
    found = source.table("SELECT id, received, content FROM gd ORDER BY id").to_pylist()
    assert [r["id"] for r in found] == ["000", "001", "002", "003", "004"]
    assert [r["content"] for r in found] == ["一行\n两行", '有"引号",逗号', "", None, "NULL"]
    assert {r["received"] for r in found} == {"2026-03-02 08:00:00"}
    for sql in (
        "DELETE FROM gd",
        "SELECT 1; DROP TABLE gd",
        "SELECT pg_read_file('x')",
        "SELECT 1) TO PROGRAM 'id' --",
    ):
        with pytest.raises(EvidenceError):
            source.table(sql)
    source.close()
    few = Database("SAMPLE_URL", Limits(seconds=0.5, orders=3))
    with pytest.raises(EvidenceError):
        few.table("SELECT id FROM gd")
    begun = time.monotonic()
    with pytest.raises(EvidenceError):
        few.table("WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT n FROM x")
    assert time.monotonic() - begun < 60
    few.close()
