"""Evidence: what connectors read, what they refuse, and the store that only grows."""

from __future__ import annotations

import hashlib
import http.server
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yibenzhang.evidence.addresses import Allowed, fetch
from yibenzhang.evidence.databases import Database
from yibenzhang.evidence.files import Files
from yibenzhang.evidence.guard import guarded
from yibenzhang.evidence.observations import Observation, Observations, latest
from yibenzhang.evidence.sources import Limits
from yibenzhang.evidence.words import EvidenceError

LIMITS = Limits(seconds=5, rows=100)
ONE = Observation(
    "cloud.units", "甲", "2026-01-01", "2026-12-31", Decimal("35.50"), "个", None, None, "SELECT 1", "a.csv",
    "2026-06-01T00:00:00", "ab",
)  # fmt: skip


# ---- the store


def test_observations_come_back_as_they_were_added(tmp_path: Path) -> None:
    store = Observations(tmp_path / "new")
    gap = replace(ONE, value=None, gap="没有读到", hash="")
    store.append([ONE])
    store.append([gap, replace(ONE, indicator="cloud.other")])
    assert store.read() == [ONE, gap, replace(ONE, indicator="cloud.other")]
    assert latest(store.read()) == [gap, replace(ONE, indicator="cloud.other")]
    assert str(store.read()[0].value) == "35.50"


def test_a_changed_or_missing_line_is_noticed(tmp_path: Path) -> None:
    store = Observations(tmp_path)
    store.append([ONE, replace(ONE, indicator="b.b"), replace(ONE, indicator="c.c")])
    lines = store.file.read_text(encoding="utf-8").splitlines(keepends=True)
    for broken in (lines[0].replace("35.50", "39.50") + lines[1], lines[0] + lines[2], lines[1]):
        store.file.write_text(broken, encoding="utf-8")
        with pytest.raises(EvidenceError):
            store.read()
        with pytest.raises(EvidenceError):
            store.append([ONE])


def test_a_line_cut_off_by_a_kill_loses_nothing_else(tmp_path: Path) -> None:
    store = Observations(tmp_path)
    store.append([ONE])
    with store.file.open("a", encoding="utf-8") as f:
        f.write('{"indicator": "half')
    store.append([replace(ONE, subject="乙")])
    assert [o.subject for o in store.read()] == ["甲", "乙"]


def test_several_add_at_once(tmp_path: Path) -> None:
    def add(who: int) -> None:
        for k in range(5):
            Observations(tmp_path).append([replace(ONE, subject=f"{who}.{k}")])

    threads = [threading.Thread(target=add, args=(w,)) for w in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len({o.subject for o in Observations(tmp_path).read()}) == 20


def test_a_value_and_a_gap_exclude_each_other() -> None:
    with pytest.raises(ValueError):
        replace(ONE, gap="x")
    with pytest.raises(ValueError):
        replace(ONE, value=None)


# ---- SQL


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    with sqlite3.connect(tmp_path / "a.db") as con:
        con.execute("CREATE TABLE t (a INTEGER, b TEXT)")
        con.executemany("INSERT INTO t VALUES (?, ?)", [(k, f"值{k}") for k in range(50)])
    con.close()
    monkeypatch.setenv("SOME_URL", f"sqlite:///{tmp_path / 'a.db'}")
    opened = Database("SOME_URL", LIMITS)
    yield opened
    opened.close()


HOSTILE = (
    "INSERT INTO t VALUES (1, 'x')",
    "DELETE FROM t",
    "WITH x AS (DELETE FROM t RETURNING a) SELECT * FROM x",
    "SELECT 1; DROP TABLE t",
    "SELECT 1; SELECT 2",
    "ATTACH 'other.db' AS o",
    "PRAGMA query_only = 0",
    "SELECT load_extension('x')",
    "SELECT \"pg_read_file\"('/etc/hostname')",
    "SELECT pg_catalog.pg_read_file('/etc/hostname')",
    "SELECT pg_sleep(100)",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "SELECT query_to_xml('delete from t', true, true, '')",
    "SELECT * FROM read_csv('/etc/hostname')",
    "SELECT * FROM glob('/*')",
    "SELECT a INTO x FROM t",
    "SELECT a FROM t FOR UPDATE",
    "SELECT 1 /* ! */",
    "SELECT 1 -- x",
    "SELECT $$a$$",
    r"SELECT '\' OR 1'",
    "COPY t TO '/tmp/x'",
    "EXPLAIN SELECT 1",
    "VALUES (1)",
    "",
)


@pytest.mark.parametrize("sql", HOSTILE)
def test_what_does_more_than_read_is_refused(database: Database, sql: str) -> None:
    with pytest.raises(EvidenceError):
        database.ask(sql, {})
    assert database.ask("SELECT count(*) AS n FROM t", {}).rows == [(50,)]


@pytest.mark.parametrize(
    "sql",
    (
        "SELECT count(*) FROM t WHERE b IN ('drop', 'a;b') AND a >= :begin;",
        'SELECT CASE WHEN (a > 1) THEN 1 END AS "delete" FROM t',
        "WITH x AS (SELECT a FROM t) SELECT sum(a) FROM x",
    ),
)
def test_what_only_reads_is_allowed(sql: str) -> None:
    assert guarded(sql) == sql.removesuffix(";")


def test_a_database_is_read_only_behind_the_guard_too(database: Database) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DatabaseError

    for sql in ("INSERT INTO t VALUES (1, 'x')", "ATTACH 'x.db' AS x", "CREATE TABLE u (a)"):
        with database._engine.connect() as con, pytest.raises(DatabaseError):
            con.execute(text(sql))


def test_endless_and_huge_queries_are_stopped(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    short = Database("SOME_URL", Limits(seconds=0.3, rows=10))
    begun = time.monotonic()
    endless = "WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT count(*) FROM x"
    with pytest.raises(EvidenceError):
        short.ask(endless, {})
    assert time.monotonic() - begun < 60  # it would never end
    with pytest.raises(EvidenceError):
        short.ask("SELECT a FROM t", {})
    files = Files(Limits(seconds=0.3))
    with pytest.raises(EvidenceError):
        files.ask(endless, {})
    files.close()


def test_credentials_come_from_the_environment_and_go_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWAY_URL", "postgresql://someone:S3cr3tWord@127.0.0.1:1/x")
    away = Database("AWAY_URL", LIMITS)
    assert "S3cr3tWord" not in away.called and "someone" not in away.called
    with pytest.raises(EvidenceError) as failed:
        away.ask("SELECT 1", {})
    assert "S3cr3tWord" not in str(failed.value) and failed.value.__cause__ is None
    monkeypatch.setenv("BAD_URL", "nonsense S3cr3tWord")
    for name in ("BAD_URL", "NOT_SET"):
        with pytest.raises(EvidenceError) as failed:
            Database(name, LIMITS)
        assert "S3cr3tWord" not in str(failed.value)


# ---- files


def test_csv_excel_parquet_and_json_give_the_same_rows(tmp_path: Path) -> None:
    rows = [{"编号": "01", "数": "1.50"}, {"编号": "02", "数": "3"}]
    (tmp_path / "a.csv").write_text("编号,数\n01,1.50\n02,3\n", encoding="utf-8")
    (tmp_path / "gbk").mkdir()
    (tmp_path / "gbk" / "a.csv").write_text("编号,数\n01,1.50\n02,3\n", encoding="gb18030")
    (tmp_path / "a.json").write_text(json.dumps(rows), encoding="utf-8")
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    book = openpyxl.Workbook()
    for line in (["编号", "数"], ["01", "1.50"], ["02", 3]):
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    for name in ("a.csv", "gbk/a.csv", "a.json", "a.jsonl", "a.parquet", "a.xlsx"):
        files = Files(LIMITS)
        file = tmp_path / name
        files.add_file("source_t", file)
        got = files.ask(
            'SELECT "编号", CAST("数" AS DECIMAL(10, 2)) AS n FROM "source_t" ORDER BY "编号"', {}
        )
        assert [tuple(r) for r in got.rows] == [("01", Decimal("1.50")), ("02", Decimal("3.00"))], name
        assert got.hash == hashlib.sha256(file.read_bytes()).hexdigest()
        files.close()


def test_files_reach_nothing_but_themselves(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("a\n2\n", encoding="utf-8")
    files = Files(LIMITS)
    files.add_file("source_t", tmp_path / "a.csv")
    files.ask('SELECT count(*) FROM "source_t"', {})
    for sql in (f"FROM read_csv('{tmp_path / 'b.csv'}')", f"FROM '{tmp_path / 'a.csv'}'", "SET memory_limit = '9GB'"):  # fmt: skip
        with pytest.raises(Exception, match="(?i)disabled|locked|permission"):
            files._con.execute(sql)
    files.close()


@pytest.mark.parametrize(
    "name", ("none.csv", "a.txt", "bad.xlsx", "bad.parquet", "bad.json", "bad.csv", "[ab].csv")
)
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    for bad in ("bad.xlsx", "bad.parquet", "bad.json"):
        (tmp_path / bad).write_bytes(b"\x00{nothing")
    (tmp_path / "a.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "bad.csv").write_text("甲,乙\n一\n", encoding="gb18030")
    files = Files(LIMITS)
    with pytest.raises(EvidenceError):
        files.add_file("source_t", tmp_path / name)
    files.close()


# ---- HTTP


class Answers(http.server.BaseHTTPRequestHandler):
    seen: list[tuple[str, str | None]] = []

    def do_GET(self) -> None:
        Answers.seen.append((self.path, self.headers.get("X-Key")))
        turns = {
            "/turn": "/data",
            "/out": "http://example.invalid/",
            "/loop": "/loop",
            "/file": "file:///etc/x",
        }
        if where := turns.get(self.path):
            self.send_response(302)
            self.send_header("Location", where)
            self.end_headers()
            return
        body = {"/data": b'{"data": {"items": [{"a": 1.10}]}}', "/bad": b"<html>"}.get(self.path)
        self.send_response(200 if body else 500)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def origin() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()  # ends at once
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_json_is_fetched_with_its_hash_and_a_key_of_the_environment(
    origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", "k3y")
    for path in ("/data", "/turn"):
        data, hash = fetch(origin + path, [Allowed(origin, True)], LIMITS, "X-Key", "SOME_KEY")
        assert data["data"]["items"] == [{"a": Decimal("1.10")}]
        assert hash == hashlib.sha256(b'{"data": {"items": [{"a": 1.10}]}}').hexdigest()
    assert Answers.seen[-1] == ("/data", "k3y")


@pytest.mark.parametrize("path", ("/out", "/loop", "/file", "/bad", "/none"))
def test_answers_that_are_none_and_ways_out_are_refused(origin: str, path: str) -> None:
    with pytest.raises(EvidenceError):
        fetch(origin + path, [Allowed(origin, True)], LIMITS)


def test_only_allowed_addresses_and_none_inside(origin: str) -> None:
    port = origin.rpartition(":")[2]
    named = f"http://localhost:{port}"  # a name that leads inside
    before = len(Answers.seen)
    for address, allowed in (
        (origin + "/data", []),
        (origin + "/data", [Allowed(origin)]),
        (named + "/data", [Allowed(named)]),
        (named + "/data", [Allowed(origin, True)]),
        (f"http://a:b@127.0.0.1:{port}/data", [Allowed(origin, True)]),
        ("file:///etc/hostname", [Allowed("file://", True)]),
    ):
        with pytest.raises(EvidenceError):
            fetch(address, allowed, LIMITS)
    assert len(Answers.seen) == before
