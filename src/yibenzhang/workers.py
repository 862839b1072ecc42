"""Tasks on several processes, each of which may crash or hang without harm to the others."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any


class Lost(Enum):
    """Why a task has no result."""

    DIED = "died"
    LATE = "late"


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: int = -1
    until: float = 0.0


def run(
    function: Callable[..., Any], tasks: Sequence[tuple[Any, ...]], jobs: int, limit: float = 0
) -> Iterator[tuple[int, Any]]:
    """(number of the task, its result or Lost) as they come; ``limit`` is seconds per task, 0 for none.

    ``function`` must be importable by name and must not raise. A worker that dies takes only its own task
    along and is replaced.
    """
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if hasattr(context, "set_forkserver_preload"):
        context.set_forkserver_preload([function.__module__])
    waiting = deque(range(len(tasks)))
    busy: list[_Worker] = []
    idle: list[_Worker] = []
    try:
        while waiting or busy:
            while waiting and (idle or len(busy) < min(jobs, len(tasks))):
                worker = idle.pop() if idle else _started(context, function)
                worker.task = waiting.popleft()
                worker.until = time.monotonic() + limit if limit else float("inf")
                try:
                    worker.pipe.send((worker.task, tasks[worker.task]))
                except OSError:
                    yield worker.task, Lost.DIED
                    _end(worker)
                    continue
                busy.append(worker)
            soonest = min((w.until for w in busy), default=float("inf")) - time.monotonic()
            ready = wait([w.pipe for w in busy], None if soonest == float("inf") else max(soonest, 0.01))
            for worker in list(busy):
                if worker.pipe in ready:
                    busy.remove(worker)
                    try:
                        result = _received(worker.pipe)
                    except (EOFError, OSError):
                        yield worker.task, Lost.DIED
                        _end(worker)
                    else:
                        yield worker.task, result
                        idle.append(worker)
                elif time.monotonic() >= worker.until:
                    busy.remove(worker)
                    _end(worker)
                    yield worker.task, Lost.LATE
    finally:
        for worker in [*busy, *idle]:
            _end(worker)


def _started(context: Any, function: Callable[..., Any]) -> _Worker:
    mine, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, function), daemon=True)
    process.start()
    theirs.close()  # so that the end of the worker is the end of the pipe
    return _Worker(process, mine)


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


def _work(pipe: Connection, function: Callable[..., Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers
    while True:
        try:
            _, arguments = pipe.recv()
            pipe.send(function(*arguments))
        except (EOFError, OSError):
            return
