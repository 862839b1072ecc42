"""Workers of a server: tasks that die or hang, workers that are replaced, and a server that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from yibenzhang.processes.confining import Limits
from yibenzhang.processes.workers import Lost, Pool

pytestmark = pytest.mark.middle

ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at /proc")


def work(what: str) -> Any:
    """A task that does what its name says."""
    if what == "crash":
        import ctypes

        ctypes.string_at(0)
    if what == "hang":
        time.sleep(600)
    if what == "raise":
        raise ValueError(what)
    if what == "memory":
        return len(bytearray(8 << 30))
    if what == "pid":
        return os.getpid()
    if what == "spin":  # lets no other thread run
        import re

        re.match(r"(a|a)*b", "a" * 60)
    return what.upper()


def collected(pool: Pool, count: int, seconds: float = 60) -> list[tuple[Any, Any]]:
    until = time.monotonic() + seconds
    got: list[tuple[Any, Any]] = []
    while len(got) < count and time.monotonic() < until:
        got += pool.poll(0.5)
    return got


def come_true(what: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:
        time.sleep(0.05)
    return what()


def gone(pid: int) -> bool:
    try:
        states = [
            p.read_text().rsplit(")", 1)[1].split()[0] for p in Path(f"/proc/{pid}/task").glob("*/stat")
        ]
        return all(s in "ZX" for s in states)  # of every thread: the last one closes the pipe
    except OSError:
        return True


def test_tasks_wait_in_order_and_a_pool_goes_on() -> None:
    with Pool(work, 1) as pool:
        assert (pool.idle, pool.busy, pool.waiting) == (1, 0, 0)
        for k in range(5):
            pool.submit(k, (f"a{k}",))
        assert (pool.idle, pool.busy, pool.waiting) == (0, 1, 4)
        assert collected(pool, 5) == [(k, f"A{k}") for k in range(5)]
        first = pool.pids()
        assert (pool.idle, pool.busy) == (1, 0)
        pool.submit("again", ("b",))
        assert collected(pool, 1) == [("again", "B")]
        assert pool.pids() == first
    assert pool.pids() == []
    assert pool.poll(1) == []
    with pytest.raises(RuntimeError):
        pool.submit("late", ("c",))


def test_poll_waits_no_longer_than_it_is_told() -> None:
    with Pool(work, 1) as pool:
        begun = time.monotonic()
        assert pool.poll(0.3) == []
        assert 0.25 < time.monotonic() - begun < 60
        pool.submit(1, ("hang",))
        begun = time.monotonic()
        assert pool.poll(0.3) == []
        assert 0.25 < time.monotonic() - begun < 60
        assert pool.poll(0) == []


@LINUX
def test_kill_9_on_a_worker_in_the_middle_of_a_task_loses_only_that_task() -> None:
    with Pool(work, 1) as pool:
        pool.submit("lost", ("hang",))
        pool.submit("next", ("b",))
        pool.poll(0.5)
        (pid,) = pool.pids()
        os.kill(pid, signal.SIGKILL)
        assert collected(pool, 2) == [("lost", Lost.DIED), ("next", "B")]
        assert pid not in pool.pids() and len(pool.pids()) == 1


@LINUX
def test_an_idle_worker_that_is_killed_loses_nothing() -> None:
    with Pool(work, 2) as pool:
        pool.submit(0, ("a",))
        assert collected(pool, 1) == [(0, "A")]
        (pid,) = pool.pids()
        os.kill(pid, signal.SIGKILL)
        assert come_true(lambda: pool.poll(0) == [] and pool.pids() == [])
        pool.submit(1, ("b",))
        assert collected(pool, 1) == [(1, "B")]
        (second,) = pool.pids()
        os.kill(second, signal.SIGKILL)
        assert come_true(lambda: gone(second))
        assert pool.poll(5) == []


@pytest.mark.parametrize("end", ["crash", "raise"])
def test_a_worker_that_dies_by_itself_is_replaced(end: str) -> None:
    with Pool(work, 2) as pool:
        for k, what in enumerate(["a", end, "b", end, "c"]):
            pool.submit(k, (what,))
        assert dict(collected(pool, 5)) == {0: "A", 1: Lost.DIED, 2: "B", 3: Lost.DIED, 4: "C"}


def test_a_late_task_is_ended_and_the_rest_goes_on() -> None:
    """Twice in one run, with two workers: ``test_batch`` in the long ring."""
    with Pool(work, 1, limit=3) as pool:
        for k, what in enumerate(["hang", "a", "b"]):
            pool.submit(k, (what,))
        assert collected(pool, 3) == [(0, Lost.LATE), (1, "A"), (2, "B")]


@LINUX
def test_memory_is_bounded_where_it_is_asked() -> None:
    with Pool(work, 1, limits=Limits(memory=4 << 30)) as pool:
        pool.submit(0, ("memory",))
        pool.submit(1, ("a",))
        assert collected(pool, 2) == [(0, Lost.FULL), (1, "A")]


def test_a_worker_is_replaced_after_so_many_tasks() -> None:
    with Pool(work, 1, renew=2) as pool:
        for k in range(5):
            pool.submit(k, ("pid",))
        pids = [pid for _, pid in sorted(collected(pool, 5))]
        assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]


@LINUX
def test_close_from_another_thread_ends_a_long_poll_and_the_workers() -> None:
    pool = Pool(work, 2)
    pool.submit(0, ("hang",))
    pool.submit(1, ("hang",))
    pids = pool.pids()
    assert len(pids) == 2
    threading.Timer(0.5, pool.close).start()
    begun = time.monotonic()
    assert pool.poll(100) == []
    assert time.monotonic() - begun < 50
    assert come_true(lambda: all(gone(pid) for pid in pids))
    pool.close()


def test_poll_can_be_woken() -> None:
    with Pool(work, 1) as pool:
        threading.Timer(0.3, pool.wake).start()
        begun = time.monotonic()
        assert pool.poll(100) == []
        assert time.monotonic() - begun < 50
        begun = time.monotonic()
        assert pool.poll(0.3) == []  # one ring wakes once
        assert time.monotonic() - begun > 0.25


def test_what_cannot_be_sent_harms_nothing() -> None:
    with Pool(work, 1) as pool:
        with pytest.raises(Exception, match="pickle"):
            pool.submit(0, (lambda: 1,))
        pool.submit(1, ("a",))
        assert collected(pool, 1) == [(1, "A")]


SERVER = """
import sys
from tests.unit.test_workers import work
from yibenzhang.processes.workers import Pool
if __name__ == "__main__":
    pool = Pool(work, 3, limit=float(sys.argv[1]))
    pool.submit(0, ("a",))
    while not pool.poll(1):
        pass
    pool.submit(1, ("hang",))
    pool.submit(2, (sys.argv[2],))
    pool.submit(3, ("pid",))
    while not pool.poll(1):
        pass
    print(*pool.pids(), flush=True)
    while True:
        pool.poll(5)
"""


@pytest.mark.long
@LINUX
@pytest.mark.parametrize(("limit", "what"), [(0, "hang"), (2, "spin")])
def test_workers_end_when_their_server_is_killed(tmp_path: Path, limit: float, what: str) -> None:
    """Idle ones, busy ones, and with a limit even one that no other thread of its process can end."""
    script = tmp_path / "server.py"
    script.write_text(SERVER, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    server = subprocess.Popen(
        [sys.executable, str(script), str(limit), what], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        pids = [int(p) for p in server.stdout.readline().split()]
        assert len(pids) == 3 and not any(gone(pid) for pid in pids)
    finally:
        server.kill()
        server.wait()
    assert come_true(lambda: all(gone(pid) for pid in pids), 40)
