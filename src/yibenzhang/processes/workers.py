"""Tasks on several processes, each of which may crash or hang without harm to the others."""

from __future__ import annotations

import gc
import multiprocessing
import os
import select
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Connection, Pipe, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from yibenzhang.processes.collecting import seldom
from yibenzhang.processes.confining import NONE, SPENT, Allowance, Limits, begin, settle


class Lost(Enum):
    """Why a task has no result."""

    DIED = "died"
    LATE = "late"
    SPENT = "spent"
    """Its processor time was used up."""
    FULL = "full"
    """Its memory was."""


_SHARE = 4
"""What a task returns may be this part of its memory: its parent makes the same again of it."""


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    key: Hashable = None
    until: float = 0.0
    done: int = 0


def run(
    function: Callable[..., Any],
    tasks: Sequence[tuple[Any, ...]],
    jobs: int,
    limit: float = 0,
    limits: Limits = NONE,
) -> Iterator[tuple[int, Any]]:
    """(number of the task, its result or Lost) as they come; ``limit`` is seconds per task, 0 for none; ``limits``:
    what the system lets a worker have for each.

    ``function`` must be importable by name and must not raise. A worker that dies takes only its own task
    along and is replaced.
    """
    with Pool(function, min(jobs, len(tasks)), limit, limits=limits) as pool:
        for k, arguments in enumerate(tasks):
            pool.submit(k, arguments)
        left = len(tasks)
        while left:
            found = pool.poll(None)
            left -= len(found)
            yield from found


class Pool:
    """Workers that live as long as a server does.

    ``function`` must be importable by name and must not raise; tasks begin in the order they were submitted.
    ``limit``: seconds per task; ``limits``: what the system lets a worker have for each task, with ``writable`` the
    folders it may write in; ``renew``: a worker is replaced after so many tasks; ``nice``: how far workers stand back
    for other processes. 0 is none. Everything but ``close`` and ``wake`` is for one thread.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        jobs: int,
        limit: float = 0,
        *,
        limits: Limits = NONE,
        writable: tuple[str, ...] = (),
        renew: int = 0,
        nice: int = 0,
    ) -> None:
        methods = multiprocessing.get_all_start_methods()
        self._context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if hasattr(self._context, "set_forkserver_preload"):
            self._context.set_forkserver_preload([function.__module__])
        self._function, self._jobs = function, max(jobs, 1)
        self._limit = min((t for t in (limit, limits.patience) if t), default=0.0)
        self._limits, self._writable, self._renew, self._nice = limits, writable, renew, nice
        self._waiting: deque[tuple[Hashable, Any]] = deque()
        self._busy: list[_Worker] = []
        self._idle: list[_Worker] = []
        self._lost: list[tuple[Hashable, Any]] = []
        self._lock = threading.RLock()
        self._heard, self._bell = Pipe(duplex=False)
        self._rung = self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def busy(self) -> int:
        """Tasks being worked on."""
        return len(self._busy)

    @property
    def waiting(self) -> int:
        """Tasks submitted but not begun."""
        return len(self._waiting)

    @property
    def idle(self) -> int:
        """How many more tasks would begin at once."""
        return 0 if self._closed else max(self._jobs - len(self._busy) - len(self._waiting), 0)

    def pids(self) -> list[int]:
        """Processes of the workers, busy and idle."""
        return sorted(w.process.pid for w in [*self._busy, *self._idle] if w.process.pid)

    def submit(self, key: Hashable, arguments: tuple[Any, ...]) -> None:
        """``function(*arguments)`` as soon as a worker is free; RuntimeError after ``close``."""
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._waiting.append((key, ForkingPickler.dumps(arguments)))
            self._begin()

    def poll(self, timeout: float | None) -> list[tuple[Any, Any]]:
        """(key, result or Lost) of what has ended: waits until something has, or ``timeout`` seconds (None: as
        long as it takes), or until ``wake`` or ``close``."""
        with self._lock:
            if self._closed:
                return []
            found, self._lost = self._lost, []
            soonest = min((w.until for w in self._busy), default=float("inf")) - time.monotonic()
            longest = min(soonest, float("inf") if timeout is None else timeout)
            ready = wait(
                [self._heard, *(w.pipe for w in [*self._busy, *self._idle])],
                0 if found else None if longest == float("inf") else max(longest, 0),
            )
            if self._heard in ready:
                self._rung = False
                self._heard.recv_bytes()
            if self._closed:
                return found
            for worker in [w for w in self._idle if w.pipe in ready]:  # died while it had nothing to do
                self._idle.remove(worker)
                _end(worker)
            found += [
                (w.key, self._ended(w, w.pipe in ready)) for w in list(self._busy) if self._over(w, ready)
            ]
            self._begin()
            return found

    def wake(self) -> None:
        """Let ``poll`` return now; from any thread."""
        if not self._rung:
            self._rung = True
            with suppress(OSError):
                self._bell.send_bytes(b"!")

    def close(self) -> None:
        """End all workers; tasks not ended are dropped. From any thread, any number of times."""
        self._closed = True
        self.wake()
        with self._lock:
            for worker in [*self._busy, *self._idle]:
                _end(worker)
            self._busy, self._idle = [], []
            self._waiting.clear()
            self._bell.close()
            self._heard.close()

    def _over(self, worker: _Worker, ready: Sequence[Any]) -> bool:
        return worker.pipe in ready or time.monotonic() >= worker.until

    def _ended(self, worker: _Worker, answered: bool) -> Any:
        """The result of a worker's task, or Lost; the worker is put aside or ended."""
        self._busy.remove(worker)
        if not answered:
            _end(worker)
            return Lost.LATE
        try:
            result = _received(worker.pipe)
        except (EOFError, OSError):
            worker.process.join(1)
            spent = SPENT and worker.process.exitcode == SPENT
            _end(worker)
            return Lost.SPENT if spent else Lost.DIED
        worker.done += 1
        if self._renew and worker.done >= self._renew:
            _end(worker)
        else:
            self._idle.append(worker)
        return result

    def _begin(self) -> None:
        while self._waiting and len(self._busy) < self._jobs:
            key, arguments = self._waiting.popleft()
            while self._idle:
                worker = self._idle.pop()
                if self._sent(worker, key, arguments):
                    break
            else:  # an idle worker that died has lost nothing: another is tried, at last a new one
                try:
                    worker = self._started()
                except (OSError, EOFError):  # no memory or no process left to start one with
                    self._lost.append((key, Lost.DIED))
                    continue
                if not self._sent(worker, key, arguments):
                    self._lost.append((key, Lost.DIED))

    def _sent(self, worker: _Worker, key: Hashable, arguments: Any) -> bool:
        worker.key = key
        worker.until = time.monotonic() + self._limit if self._limit else float("inf")
        try:
            worker.pipe.send_bytes(arguments)
        except OSError:
            _end(worker)
            return False
        self._busy.append(worker)
        return True

    def _started(self) -> _Worker:
        parent_end, child_end = self._context.Pipe()
        process = self._context.Process(
            target=_work,
            args=(child_end, self._function, self._limit, self._limits, self._writable, self._nice),
            daemon=True,
        )
        try:
            process.start()
        except (OSError, EOFError):
            parent_end.close()
            raise
        finally:
            child_end.close()  # so that the end of the worker is the end of the pipe
        return _Worker(process, parent_end)


def _received(pipe: Connection) -> Any:
    """A result; looking for garbage while hundreds of thousands of objects are made doubles the time."""
    gc.disable()
    try:
        return pipe.recv()
    finally:
        gc.enable()


def _end(worker: _Worker) -> None:
    with suppress(OSError):
        worker.process.kill()
    worker.process.join(5)
    worker.pipe.close()


def _work(
    pipe: Connection,
    function: Callable[..., Any],
    limit: float,
    limits: Limits,
    writable: tuple[str, ...],
    nice: int,
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers
    if hasattr(select, "poll"):
        threading.Thread(target=_end_with_parent, args=(pipe.fileno(),), daemon=True).start()
    first_to_go()
    seldom()
    if nice and hasattr(os, "nice"):
        os.nice(nice)
    settle(limits, writable)
    while True:
        try:
            arguments = pipe.recv()
            _alarm(limit)
            result = bounded(function, arguments, limits)
            _alarm(0)
            pipe.send_bytes(result)
        except (EOFError, OSError):
            return


def first_to_go() -> None:
    """Where the system's memory runs out, this process goes and not its parent."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("900")


def bounded(function: Callable[..., Any], arguments: Sequence[Any], limits: Limits) -> Any:
    """What a function returns within limits, ready to be sent; Lost.FULL where memory was not enough for it."""
    from yibenzhang.reading.steps import recognising  # the parent that only waits does not need it

    begin(limits)
    try:
        with recognising(Allowance(limits).page):
            made = ForkingPickler.dumps(function(*arguments))
        if not limits.memory or len(made) <= limits.memory // _SHARE:
            return made
    except MemoryError:
        pass
    return ForkingPickler.dumps(Lost.FULL)


def _alarm(limit: float) -> None:
    """The system ends a late worker whose parent is gone, even one that lets no other thread run."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, limit + 5 if limit else 0)


def _end_with_parent(pipe: int) -> None:
    """Wait for the other end of the pipe to close, then end this process, whatever it is doing."""
    watch = select.poll()
    watch.register(pipe, 0)
    watch.poll()
    os._exit(1)
