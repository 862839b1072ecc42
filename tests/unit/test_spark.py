"""The ledger on Spark: a stand-alone cluster with two workers gives what DuckDB gives, also when one of them is killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bench.ledger import generate
from tests.unit.test_ledger import NOW, disclosure, put, taken
from yibenzhang.cli import app
from yibenzhang.ledger import spark as on_spark
from yibenzhang.ledger.addresses import Origin
from yibenzhang.ledger.asking import answer
from yibenzhang.ledger.comparing import compare
from yibenzhang.ledger.ingesting import ingest, ingest_on
from yibenzhang.ledger.store import Ledger

DOCUMENTS = int(os.environ.get("YIBENZHANG_SPARK_DOCUMENTS", "2000"))
cluster_only = pytest.mark.skipif(bool(on_spark.missing()), reason=f"no Spark here: {on_spark.missing()}")
SETTINGS = (
    ("spark.sql.shuffle.partitions", "4"),
    ("spark.executor.memory", "1g"),
    ("spark.driver.host", "127.0.0.1"),
)


class Cluster:
    """A master and two workers of one core each, as processes of their own."""

    def __init__(self, folder: Path) -> None:
        import pyspark

        self.folder = folder
        self._start = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
        self.processes: list[subprocess.Popen[bytes]] = []
        self.master = self._run(
            "Master", r"(spark://\S+:\d+)", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0"
        )
        self.workers = [len(self.processes) + k for k in range(2)]
        for _ in self.workers:
            self._run(
                "Worker",
                r"registered with (master)",
                "-c",
                "1",
                "-m",
                "1g",
                "--webui-port",
                "0",
                "--host",
                "127.0.0.1",
                self.master,
            )

    def _run(self, kind: str, said: str, *options: str) -> str:
        log = self.folder / f"{kind}-{len(self.processes)}.log"
        with log.open("wb") as out:
            command = [self._start, f"org.apache.spark.deploy.{kind.lower()}.{kind}", *options]
            self.processes.append(
                subprocess.Popen(command, stdout=out, stderr=out, cwd=self.folder, start_new_session=True)
            )
        end = time.monotonic() + 180
        while time.monotonic() < end:
            if found := re.search(said, log.read_text(errors="replace")):
                return found[1]
            time.sleep(0.5)
        raise AssertionError(log.read_text(errors="replace"))

    def kill(self, nth: int) -> None:
        """The process with all that it started, its executor too."""
        os.killpg(self.processes[nth].pid, signal.SIGKILL)

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.stop()


def told(rows: list[Any]) -> list[tuple[Any, ...]]:
    return sorted((r[0], r[1], r[2] and r[2].normalize(), r[3]) for r in rows)


@cluster_only
@pytest.mark.long
def test_two_workers_give_what_duckdb_gives_and_a_killed_one_changes_nothing(
    tmp_path: Path, cluster: Cluster
) -> None:
    generate(tmp_path / "账本", DOCUMENTS)
    ledger = Ledger(tmp_path / "账本")
    here = compare(ledger)
    assert here
    with closing(ledger.connect()) as con:
        evaluated = told(con.execute(on_spark.EVALUATED).fetchall())
    with on_spark.session(cluster.master, SETTINGS) as spark:
        with closing(ledger.connect()) as con:
            on_spark.prepared(spark, ledger, con)
        there = told([tuple(r) for r in spark.sql(on_spark.carried(on_spark.EVALUATED)).collect()])
        assert there == evaluated
        threading.Timer(8, cluster.kill, [cluster.workers[0]]).start()  # in the middle of what follows
        assert compare(ledger, spark=spark) == here
    assert cluster.processes[cluster.workers[0]].wait() == -signal.SIGKILL


@cluster_only
@pytest.mark.long
def test_every_rule_across_documents_says_the_same_on_spark(tmp_path: Path) -> None:
    """Made documents that differ in many ways, on Spark in this process."""
    ledger = Ledger(tmp_path / "账本")
    texts = [
        disclosure(2024),
        disclosure(2025, {"教育支出": 93.3}),
        disclosure(2026, {"节能环保支出": 81.5}, 1.05),
    ]
    texts.append(disclosure(2026, {"节能环保支出": 81.5}, 1.06))  # another version
    for k, text in enumerate(texts):
        taken(ledger, put(tmp_path / str(k), f"{k}.txt", text))
    here = compare(ledger)
    assert len({f.rule for f in here}) >= 1
    with on_spark.session("local[2]", SETTINGS) as spark:
        assert compare(ledger, spark=spark) == here


@cluster_only
@pytest.mark.long
def test_files_are_taken_in_as_a_spark_job_like_here(tmp_path: Path, cluster: Cluster) -> None:
    """Also where a worker is killed in the middle: its tasks are done again, and nothing is there twice."""
    paths = [
        put(tmp_path / str(k), f"{k}.txt", disclosure(2020 + k % 6, factor=1 + k / 100)) for k in range(12)
    ]
    origin = Origin({paths[0]: ("https://a.gov.cn", "2026-02-10")})
    here, there = Ledger(tmp_path / "这里"), Ledger(tmp_path / "那里")
    for _ in ingest(here, paths, NOW, origin, jobs=1):
        pass
    with on_spark.session(cluster.master, SETTINGS) as spark:
        threading.Timer(4, cluster.kill, [cluster.workers[0]]).start()
        found = list(ingest_on(spark, there, paths, NOW, origin))
        assert sum(t.files + t.known for t in found) == 12 and not any(t.errors for t in found)
        assert {t.files for t in ingest_on(spark, there, paths, NOW, origin)} == {0}
    assert there.verify() == []
    for table in ("every_document", "facts", "relations", "issues"):
        asked = f"SELECT * FROM {table} ORDER BY ALL"
        assert answer(there, asked, most=100_000).rows == answer(here, asked, most=100_000).rows, table


@pytest.mark.middle
def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Ledger(tmp_path / "账本")
    at = ["ledger", "check", "-l", str(tmp_path / "账本"), "--engine"]
    monkeypatch.setattr(on_spark, "missing", lambda: "没有 Java。")
    said = CliRunner().invoke(app, [*at, "spark"])
    assert said.exit_code == 2 and "没有 Java" in said.output
    assert CliRunner().invoke(app, [*at, "abacus"]).exit_code == 2
    at = ["ingest", put(tmp_path, "一.txt", disclosure(2026)), "-l", str(tmp_path / "账本"), "--engine"]
    said = CliRunner().invoke(app, [*at, "spark"])
    assert said.exit_code == 2 and "没有 Java" in said.output
    assert CliRunner().invoke(app, [*at, "abacus"]).exit_code == 2
