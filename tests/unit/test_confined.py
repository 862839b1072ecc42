"""A file is read within limits of the operating system: processor time, memory, no network, no writing elsewhere."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_workers import come_true, gone
from yibenzhang import Limits, ReadingError, check
from yibenzhang.batch import check_many
from yibenzhang.processes import confined
from yibenzhang.processes.confined import limits_of, loss_sentence
from yibenzhang.processes.confining import DEFAULT_MEMORY, MEGABYTE
from yibenzhang.processes.forking import once
from yibenzhang.processes.workers import Lost, Pool

pytestmark = [
    pytest.mark.middle,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what Linux holds to"),
]
ROOT = Path(__file__).parents[2]
CLEAN = ROOT / "examples" / "hubei-clean.txt"
SMALL = Limits(seconds=1, memory=200 * MEGABYTE)


def work(what: str, path: str = "") -> Any:
    """A task that does what its name says."""
    if what == "spin":
        while True:
            pass
    if what == "regex":  # lets no other thread run
        import re

        re.match(r"(a|a)*b", "a" * 60)
    if what == "memory":
        return len(bytearray(1 << 30))
    if what == "large":
        return "x" * (90 * MEGABYTE)
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "hang":
        time.sleep(600)
    if what == "network":
        return _refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    if what == "local":
        return _refused(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close())
    if what == "write":
        return _refused(lambda: Path(path).write_text("x", encoding="utf-8"))
    if what == "remove":
        return _refused(lambda: Path(path).unlink())
    return what.upper()


def _refused(attempt: Any) -> str:
    try:
        attempt()
    except OSError as error:
        return type(error).__name__
    return ""


@pytest.mark.parametrize(
    ("what", "lost"),
    [
        pytest.param("spin", Lost.SPENT, marks=pytest.mark.long),
        ("regex", Lost.SPENT),
        ("memory", Lost.FULL),
        ("large", Lost.FULL),
        ("die", Lost.DIED),
    ],
)
def test_what_goes_over_its_limits_is_lost_and_told_why(what: str, lost: Lost) -> None:
    assert once(work, (what,), SMALL) == lost
    with Pool(work, 1, limits=SMALL) as pool:
        pool.submit(0, (what,))
        pool.submit(1, ("a",))
        found: dict[Any, Any] = {}
        while len(found) < 2:
            found.update(pool.poll(30))
    assert found == {0: lost, 1: "A"}
    sentence = loss_sentence(lost, SMALL)
    assert sentence.endswith("。") and sentence.count("。") == 1 and "{" not in sentence


def test_processor_time_counts_for_each_file_anew() -> None:
    with Pool(work, 1, limits=Limits(seconds=1)) as pool:
        for k in range(3):
            pool.submit(k, ("pid",))
        assert len([r for _ in range(3) for r in pool.poll(30)]) == 3


def test_a_late_child_is_ended() -> None:
    begun = time.monotonic()
    assert once(work, ("hang",), Limits(wall=0.5)) == Lost.LATE
    assert time.monotonic() - begun < 20


def test_no_network_but_this_computers_own_sockets() -> None:
    assert once(work, ("network",), SMALL) == "PermissionError"
    assert once(work, ("local",), SMALL) == ""
    assert work("network") == ""


def test_nothing_is_written_but_below_the_folder_for_temporary_files(tmp_path: Path) -> None:
    """The tests' own folder is below that: a file of the source tree stands for a ledger."""
    if once(work, ("write", str(tmp_path / "a")), SMALL) == "" and not _landlock():
        pytest.skip("this kernel has no Landlock")
    if ROOT.resolve().is_relative_to(Path(tempfile.gettempdir()).resolve()):
        pytest.skip("the checkout itself lies in the folder for temporary files")
    ledger = ROOT / "tests" / "unit" / "not-written"
    assert once(work, ("write", str(ledger)), SMALL) == "PermissionError"
    assert once(work, ("remove", str(CLEAN)), SMALL) == "PermissionError"
    assert CLEAN.exists() and not ledger.exists()
    assert once(work, ("write", os.devnull), SMALL) == ""
    assert (tmp_path / "a").exists()


def _landlock() -> bool:
    import ctypes

    return int(ctypes.CDLL(None).syscall(444, None, 0, 1)) > 0


def test_one_file_and_many_are_checked_alike() -> None:
    alone = check(CLEAN)
    for limits in (Limits(), Limits(0, 0)):
        assert check(CLEAN, limits=limits) == alone
    (one,) = check_many([str(CLEAN)])
    assert one.checked == alone


def test_a_file_over_its_limits_gets_one_sentence_and_the_rest_goes_on(tmp_path: Path) -> None:
    other = tmp_path / "b.txt"
    other.write_bytes(CLEAN.read_bytes())
    with pytest.raises(ReadingError, match="内存"):
        check(CLEAN, limits=Limits(memory=MEGABYTE // 4))
    with pytest.raises(ReadingError):
        check(tmp_path / "none.txt", limits=Limits())
    found = list(check_many([str(CLEAN), str(other)], jobs=1, limits=Limits(memory=MEGABYTE // 4)))
    assert [r.checked for r in found] == [None, None]
    assert all("MB" in r.error for r in found)


def broken(*_: object) -> None:
    raise LookupError("a defect")


def test_a_defect_of_the_program_is_not_called_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yibenzhang.processes.confined.checking.check", broken)
    with pytest.raises(RuntimeError, match="a defect"):
        check(CLEAN, limits=Limits())


def test_limits_as_people_write_them() -> None:
    assert limits_of("") == confined.DEFAULT == Limits(60, DEFAULT_MEMORY)
    assert limits_of("120") == Limits(120, DEFAULT_MEMORY)
    assert limits_of("0，0") == Limits(0, 0)
    assert limits_of(",512") == Limits(60, 512 * MEGABYTE)
    for wrong in ("a", "-1", "1,x", "nan", "1e99", "1,-5"):
        with pytest.raises(ValueError):
            limits_of(wrong)


PARENT = """
import sys, threading
from tests.unit import test_confined
from yibenzhang.processes.confining import Limits
from yibenzhang.processes.forking import once
import os
def child(what):
    print(os.getpid(), flush=True)
    return test_confined.work(what)
once(child, (sys.argv[1],), Limits(0, 0, wall=500))
"""


@pytest.mark.parametrize("what", ["hang", "regex"])
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path, what: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    parent = subprocess.Popen(
        [sys.executable, str(script), what], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not gone(pid)
    finally:
        parent.kill()
        parent.wait()
    assert come_true(lambda: gone(pid), 10)
