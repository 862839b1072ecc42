"""The ledger under kill -9, two ingests at once and a full disk: it opens, is sound, and goes on."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import yibenzhang
import yibenzhang.ledger.parquet as parquet
from tests.unit.test_ledger import count, disclosure, put, taken
from yibenzhang.cli import app
from yibenzhang.ledger.comparing import compare
from yibenzhang.ledger.merging import merge
from yibenzhang.ledger.store import Ledger

FILES = 12
RUN = """
import sys
import yibenzhang.ledger.ingesting as ingesting
from yibenzhang.ledger.merging import merge
from yibenzhang.ledger.store import Ledger
ingesting.CHUNK = 2
ledger = Ledger(sys.argv[1])
print("begins", flush=True)
for _ in ingesting.ingest(ledger, sys.argv[3:], "2026-03-01", ingesting.Origin({}), jobs=1):
    print(".", flush=True)
if sys.argv[2] == "merge":
    merge(ledger)
"""


def files(folder: Path) -> list[str]:
    made = []
    for n in range(FILES):
        text = disclosure(2020 + n % 6, factor=1 + n / 100).replace("示范市数据局", f"示范市第{n}局")
        made.append(put(folder / "文件", f"{n}.txt", text))
    return made


def started(ledger: Path, paths: list[str], then: str = "") -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(Path(yibenzhang.__file__).parents[1])}
    command = [sys.executable, "-c", RUN, str(ledger), then, *paths]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.long
def test_kill_9_in_a_loop(tmp_path: Path) -> None:
    paths, place = files(tmp_path), tmp_path / "账本"
    chance, kills, last = random.Random(7), 0, 0
    for _ in range(60):
        process = started(place, paths, "merge")
        assert process.stdout is not None
        for _ in range(1 + chance.randrange(8)):  # how far it came, not how long it took
            process.stdout.readline()
        time.sleep(0.15 * chance.random())
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        _, faults = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), faults.decode()
        if not (place / "ledger.json").exists():
            continue
        ledger = Ledger(place)
        assert ledger.verify() == []
        now = count(ledger)
        assert last <= now <= FILES  # nothing that was taken in is lost
        last = now
        if kills >= 15 and now == FILES:
            break
    assert started(place, paths, "merge").wait() == 0
    ledger = Ledger(place)
    ledger.clean()
    assert (count(ledger), count(ledger, "every_document"), ledger.verify()) == (FILES, FILES, [])
    assert kills >= 5 and not list(ledger.batches.glob(".*"))
    assert compare(ledger) == []


@pytest.mark.long
def test_two_ingests_at_once_do_not_corrupt(tmp_path: Path) -> None:
    paths, place = files(tmp_path), tmp_path / "账本"
    both = [started(place, paths), started(place, paths[::-1])]
    assert [p.wait() for p in both] == [0, 0], [p.communicate() for p in both]
    ledger = Ledger(place)
    assert (count(ledger), ledger.verify()) == (FILES, [])
    merge(ledger)
    assert (count(ledger), count(ledger, "every_document"), ledger.verify()) == (FILES, FILES, [])


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.middle
def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, at = Ledger(tmp_path / "账本"), ["--ledger", str(tmp_path / "账本")]
    for year in (2024, 2025):
        taken(ledger, put(tmp_path / str(year), f"{year}.txt", disclosure(year)))
    before = {b.name for b in ledger.batch_folders()}
    new = put(tmp_path / "新", "新.txt", disclosure(2026))
    monkeypatch.setattr(parquet.pq, "write_table", full)
    for command in (["ingest", new, "--jobs", "1"], ["ledger", "merge"]):
        result = CliRunner().invoke(app, [*command, *at])
        assert result.exit_code == 2 and "写不进去：磁盘满了" in result.output
    assert {b.name for b in ledger.batch_folders()} == before == {p.name for p in ledger.batches.iterdir()}
    monkeypatch.undo()
    assert CliRunner().invoke(app, ["publish", "--data", str(tmp_path / "数据"), *at]).exit_code == 0


@pytest.mark.middle
def test_a_full_disk_leaves_no_half_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(tmp_path / "账本")
    taken(ledger, put(tmp_path, "一.txt", disclosure(2025)))
    monkeypatch.setattr("yibenzhang.publishing.package._codes", full)
    at = ["publish", "--ledger", str(ledger.folder), "--data", str(tmp_path / "公开" / "数据")]
    result = CliRunner().invoke(app, at)
    assert result.exit_code == 2 and "磁盘满了" in result.output
    assert list((tmp_path / "公开").iterdir()) == []


def test_a_slow_reader_is_no_matter(tmp_path: Path) -> None:
    """A connection made before another batch came in goes on with what was there."""
    ledger = Ledger(tmp_path / "账本")
    taken(ledger, put(tmp_path, "一.txt", disclosure(2025)))
    con = ledger.connect()
    taken(ledger, put(tmp_path, "二.txt", disclosure(2026)))
    assert con.execute("SELECT count(*) FROM documents").fetchone() == (1,)
    assert con.execute("SELECT count(DISTINCT document) FROM facts").fetchone() == (1,)
    con.close()
