"""One task in a child of this process: as it is forked it has everything imported already."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pickle import UnpicklingError
from typing import Any

from yibenzhang.processes.confining import SPENT, Limits, die_with_parent, resident, settle
from yibenzhang.processes.plain_data import loads
from yibenzhang.processes.workers import Lost, Pool, bounded, first_to_go


def once(function: Callable[..., Any], arguments: tuple[Any, ...], limits: Limits) -> Any:
    """``function(*arguments)`` within limits, or Lost. ``function`` must be importable by name and must not raise; what
    it returns is the project's plain data.

    Where a fork is not safe (threads beside this one, macOS) or not there (Windows) it is a new process, which takes a
    second to start.
    """
    if not _may_fork():
        with Pool(function, 1, limits=limits) as pool:
            pool.submit(0, arguments)
            while not (found := pool.poll(None)):
                pass
            return found[0][1]
    ours, child_end = Pipe(duplex=False)
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        ours.close()  # else the pipe would stay open as long as this process holds its other end
        _child(child_end, parent, function, arguments, limits)
    child_end.close()
    return _awaited(ours, child, limits)


own_threads = 1
"""A process with more threads than this is not forked; a program that runs this one beside threads of its own that
never hold a lock of ours may set it higher."""


def _may_fork() -> bool:
    return sys.platform.startswith("linux") and threading.active_count() <= own_threads


def _child(
    pipe: Connection, parent: int, function: Callable[..., Any], arguments: tuple[Any, ...], limits: Limits
) -> None:
    status = 1
    try:
        faulthandler.disable()  # what a hostile file breaks is told in one sentence
        die_with_parent(parent)
        first_to_go()
        settle(limits)
        pipe.send_bytes(bounded(function, arguments, limits))
        status = 0
    except BaseException:  # whatever it is, no code of the parent may run here
        status = 1
    finally:
        os._exit(status)


def _awaited(pipe: Connection, child: int, limits: Limits) -> Any:
    """What the child sends, or Lost; the child has ended when this returns."""
    held = resident()  # and so did the child when it was forked
    ended = False
    try:
        if not pipe.poll(limits.patience or None):
            return Lost.LATE
        try:
            data = pipe.recv_bytes()
        except (EOFError, OSError):
            ended = True
            _, status, used = os.wait4(child, 0)
            if SPENT and os.waitstatus_to_exitcode(status) == SPENT:
                return Lost.SPENT
            # libraries that find no memory end the process; what they asked for last is not counted
            taken = 1024 * used.ru_maxrss - held
            return Lost.FULL if limits.memory and 2 * taken > limits.memory else Lost.DIED
        try:
            return loads(data)
        except UnpicklingError:  # who could make the child say this is no friend
            return Lost.DIED
    finally:
        if not ended:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        pipe.close()
