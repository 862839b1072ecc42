"""Many files: workers that die or hang, progress, and a run that is taken up again."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_cli import CLEAN, WRONG, run
from yibenzhang import batch
from yibenzhang.batch import FileResult, check_many
from yibenzhang.batch.journal import Journal, version_of
from yibenzhang.checking.check import check
from yibenzhang.model.issues import Severity
from yibenzhang.processes.plain_data import loads
from yibenzhang.processes.workers import Lost
from yibenzhang.processes.workers import run as run_all
from yibenzhang.standards import StandardsError

pytestmark = pytest.mark.middle

ROOT = Path(__file__).parents[2]


def work(what: str) -> str:
    """A task that does what its name says."""
    if what == "exit":
        os._exit(3)
    if what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "crash":
        import ctypes

        ctypes.string_at(0)  # a real segmentation fault
    if what == "hang":
        time.sleep(600)
    return what.upper()


@pytest.mark.parametrize("end", [pytest.param("exit", marks=pytest.mark.long), "kill", "crash"])
def test_a_worker_that_dies_takes_only_its_own_task_along(end: str) -> None:
    tasks = [(w,) for w in ("a", end, "b", "c", end, "d")]
    got = dict(run_all(work, tasks, 2))
    assert [got[k] for k in range(6)] == ["A", Lost.DIED, "B", "C", Lost.DIED, "D"]


@pytest.mark.long
def test_a_task_over_its_time_is_ended_and_the_rest_goes_on() -> None:
    """The limit is long enough for a new worker to start on a busy machine. Short of the long ring, the same is seen in
    ``test_workers`` and of a file below."""
    begun = time.monotonic()
    got = dict(run_all(work, [(w,) for w in ("hang", "a", "hang", "b", "c")], 2, limit=8))
    assert [got[k] for k in range(5)] == [Lost.LATE, "A", Lost.LATE, "B", "C"]
    assert time.monotonic() - begun < 60


def test_no_worker_outlives_an_abandoned_run() -> None:
    before = _children(os.getpid())
    for _ in run_all(work, [("a",), ("hang",), ("b",)], 2):
        break
    deadline = time.monotonic() + 20
    while _workers(before) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _workers(before)


def _children(pid: int) -> set[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    try:
        return {int(p) for p in path.read_text().split()}
    except OSError:
        return set()


def _below(pid: int) -> set[int]:
    mine = _children(pid)
    return mine | {p for child in mine for p in _below(child)}


def _workers(before: set[int]) -> set[int]:
    """Processes of workers: they sleep or work below the fork server."""
    servers = _children(os.getpid())
    return {p for s in servers for p in _children(s)} - before


def _start(*arguments: str, **more: Any) -> subprocess.Popen[str]:
    code = "from yibenzhang.cli import main; main()"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", code, "check", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **more,
    )  # fmt: skip


def slow(folder: Path) -> None:
    """A file that takes many seconds: a text of tables without end."""
    line = "2010101\t行政运行\t80.00\t80.00\t0.00\n"
    head = "支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
    (folder / "m-slow.txt").write_text("某市某局2026年部门预算\n" + (head + line * 4000 + "\n说明。\n") * 40, encoding="utf-8")  # fmt: skip


@pytest.mark.long
def test_kill_9_on_a_worker_of_the_command_line(tmp_path: Path) -> None:
    for k in range(8):
        (tmp_path / f"a{k}.txt").write_text(WRONG, encoding="utf-8")
    slow(tmp_path)
    process = _start(str(tmp_path), "--jobs", "1", "--format", "json", "--no-group")
    killed = _kill_the_busy_worker(process)
    out, err = process.communicate(timeout=300)
    documents = json.loads(out)["documents"]
    assert killed, err
    lost = [d for d in documents if d.get("error")]
    assert len(documents) == 9
    assert [Path(d["path"]).name for d in lost] == ["m-slow.txt"]
    assert "意外中止" in lost[0]["error"] and lost[0]["error"].count("。") == 1
    assert sum(len(d["findings"]) == 1 for d in documents) == 8
    assert process.returncode == 1


def _kill_the_busy_worker(process: subprocess.Popen[str]) -> int:
    """Kill -9 the process that has worked for longest, once one is seen to be at the slow file."""
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        for pid in _below(process.pid):
            try:
                ticks = sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
            except OSError:
                continue
            if ticks > 300 and _ppid(pid) != process.pid:  # three seconds of work: the small files took less
                os.kill(pid, signal.SIGKILL)
                return pid
        time.sleep(0.05)
    return 0


def _ppid(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_a_file_over_its_time_is_one_sentence(tmp_path: Path) -> None:
    slow(
        tmp_path
    )  # more than half a minute; eight seconds are enough for the other one on a busy machine too
    (tmp_path / "a.txt").write_text(CLEAN, encoding="utf-8")
    result = run("check", str(tmp_path), "--format", "json", "--timeout", "8", "--jobs", "2")
    errors = {Path(d["path"]).name: d.get("error", "") for d in json.loads(result.stdout)["documents"]}
    assert errors["a.txt"] == ""
    assert "超过每个文件 8 秒" in errors["m-slow.txt"] and errors["m-slow.txt"].count("。") == 1


def test_a_run_is_taken_up_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for k in range(3):
        (folder / f"{k}.txt").write_text(WRONG.replace("示范局", f"示范{k}局"), encoding="utf-8")
    journal = tmp_path / "run.journal"
    first = run("check", str(folder), "--format", "json", "--resume", str(journal))
    whole = journal.stat().st_size
    done: list[str] = []
    real = batch._results

    def seen(paths: list[str], *more: Any) -> Any:
        done.extend(paths)
        return real(paths, *more)

    monkeypatch.setattr(batch, "_results", seen)
    second = run("check", str(folder), "--format", "json", "--resume", str(journal))
    assert done == []
    assert second.stdout == first.stdout and second.exit_code == first.exit_code == 1
    assert journal.stat().st_size == whole
    (folder / "1.txt").write_text(CLEAN, encoding="utf-8")  # a file that changed is checked anew
    third = json.loads(run("check", str(folder), "--format", "json", "--resume", str(journal)).stdout)
    assert [Path(p).name for p in done] == ["1.txt"]
    assert [len(d["findings"]) for d in third["documents"]] == [1, 0, 1]
    data = journal.read_bytes()
    journal.write_bytes(data[: len(data) - 7])  # as a crash in the middle of writing leaves it
    done.clear()
    run("check", str(folder), "--format", "json", "--resume", str(journal))
    assert [Path(p).name for p in done] == ["1.txt"]
    done.clear()
    run("check", str(folder), "--format", "json", "--resume", str(journal))
    assert done == []


def test_the_journal_follows_the_standards(tmp_path: Path) -> None:
    layer = tmp_path / "mine"
    layer.mkdir()
    before = version_of(str(layer))
    (layer / "tables.toml").write_text("", encoding="utf-8")
    assert before == version_of("") != version_of(str(layer))
    a, b = Journal(tmp_path / "a"), Journal(tmp_path / "b", str(layer))
    assert a.key(["x"]) != b.key(["x"])


def test_a_journal_holds_all_of_a_result(tmp_path: Path) -> None:
    checked = check(ROOT / "examples" / "shanghai-accounts-two-errors.pdf")
    journal = Journal(tmp_path / "j")
    journal.put(journal.key(["a"]), checked)
    again = Journal(tmp_path / "j").get(journal.key(["a"]))
    assert again == checked
    assert journal.get(journal.key(["b"])) is None


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, ("touch /tmp/yibenzhang-evil",))


def test_a_stranger_s_journal_runs_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    for evil in (Evil(), pickle.loads):
        journal.put(journal.key(["a"]), evil)
        assert Journal(tmp_path / "j").get(journal.key(["a"])) is None
    (tmp_path / "other").write_bytes(b"%PDF-1.4 something else")
    with pytest.raises(StandardsError, match="不是本程序的进度文件"):
        Journal(tmp_path / "other")
    assert (tmp_path / "other").read_bytes() == b"%PDF-1.4 something else"
    (tmp_path / "a.txt").write_text(CLEAN, encoding="utf-8")
    result = run("check", str(tmp_path / "a.txt"), "--resume", str(tmp_path / "other"))
    assert result.exit_code == 2
    result = run("check", str(tmp_path / "a.txt"), "--resume", str(tmp_path / "no" / "where"))
    assert result.exit_code == 2


def test_progress_is_told_where_there_is_no_terminal(tmp_path: Path) -> None:
    from yibenzhang.cli import running as cli

    results = iter([FileResult(str(k), None, "x") for k in range(3)])
    every, cli.EVERY = cli.EVERY, 0.0
    try:
        assert len(list(cli._with_progress(results, 3))) == 3
    finally:
        cli.EVERY = every


def test_results_come_for_every_path(tmp_path: Path) -> None:
    paths = []
    for k in range(5):
        path = tmp_path / f"{k}.txt"
        path.write_text(CLEAN, encoding="utf-8")
        paths.append(str(path))
    assert {r.path for r in check_many(paths, jobs=2)} == set(paths)
    assert [r.path for r in check_many(paths[:1])] == paths[:1]


def test_a_journal_gives_members_of_enums_and_no_other_attribute() -> None:
    """Python before 3.11.4 pickles a member of an Enum as getattr(kind, name)."""

    def read(kind: str, name: str) -> object:
        data = f"cbuiltins\ngetattr\n(c{kind}\nV{name}\ntR.".encode()
        return loads(data)

    assert read("yibenzhang.model.issues\nSeverity", "ERROR") is Severity.ERROR
    with pytest.raises(pickle.UnpicklingError):
        read("yibenzhang.model.facts\nFact", "__init__")
