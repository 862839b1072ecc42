"""What the operating system lets a process have that reads a file of somebody else's.

Linux: processor time, memory, no network (seccomp), no writing but into the folder for temporary files (Landlock, where
the kernel has it). Elsewhere in POSIX: processor time, and memory as far as the system counts it. Windows has none of
these here: the parent ends a process that takes more than ``seconds`` of wall time (see workers.Pool).
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MEGABYTE = 1024 * 1024
DEFAULT_SECONDS = 60.0
DEFAULT_MEMORY = 1536 * MEGABYTE
MOST_SCAN_SECONDS = 600.0
"""No file gets more than this on top for the pages that are recognised."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading and checking one file may take. 0 is no limit.

    ``seconds`` of processor time; ``memory`` in bytes, on top of what the program has before it begins;
    ``scan_seconds``: so many more for each page that is recognised from a picture, 600 at most; ``wall``: seconds
    until the parent ends it.
    """

    seconds: float = DEFAULT_SECONDS
    memory: int = DEFAULT_MEMORY
    scan_seconds: float = 10.0
    wall: float = 0.0

    def times(self, count: int) -> Limits:
        """For so many files that are read together."""
        return replace(self, seconds=self.seconds * count, memory=self.memory * min(count, 2))

    @property
    def patience(self) -> float:
        """Seconds of wall time the parent waits, 0 for ever."""
        if resource is None and self.seconds:
            return min(self.wall or self.seconds, self.seconds)
        return self.wall


NONE = Limits(0, 0, 0)
SPENT = -int(getattr(signal, "SIGXCPU", 0) or 0)
"""The exit code of a process whose processor time was used up."""


def settle(limits: Limits, writable: Iterable[str | Path] = ()) -> None:
    """Once in a process that will read files: away from the network, and writing only below ``writable`` and the folder
    for temporary files. Nothing happens where the system cannot do it."""
    if limits == NONE or not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    with suppress(AttributeError):
        libc.mallopt(_ARENA_MAX, 2)  # each thread's own arena would reserve address space
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _write_only(libc, [tempfile.gettempdir(), *writable])
    _no_network(libc)


def begin(limits: Limits) -> None:
    """At the beginning of each file: its processor time and memory, counted from here."""
    if resource is None:
        return
    _set(resource.RLIMIT_CORE, 0)
    if limits.seconds:
        _set(resource.RLIMIT_CPU, int(_used() + limits.seconds + 0.999))
    if limits.memory:
        total, data = _held()
        _set(resource.RLIMIT_DATA, data + limits.memory)
        _set(
            resource.RLIMIT_AS, total + 2 * limits.memory
        )  # what is reserved and never touched does not count


class Allowance:
    """More processor time for a file, page by page that is recognised from a picture."""

    def __init__(self, limits: Limits) -> None:
        self._each = limits.scan_seconds if limits.seconds else 0.0
        self._left = MOST_SCAN_SECONDS

    def page(self) -> None:
        more = min(self._each, self._left)
        self._left -= more
        _more(more)


def another_file(limits: Limits) -> None:
    """A task goes on to another file."""
    _more(limits.seconds)


def _more(seconds: float) -> None:
    if resource is None:
        return
    soft, _ = resource.getrlimit(resource.RLIMIT_CPU)
    if soft != resource.RLIM_INFINITY:
        _set(resource.RLIMIT_CPU, max(int(soft + seconds), 0))


def _set(which: int, value: int) -> None:
    """The soft limit, never above the hard one, which stays: the next file counts from anew."""
    _, hard = resource.getrlimit(which)
    with suppress(ValueError, OSError):
        resource.setrlimit(which, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _held() -> tuple[int, int]:
    """Bytes of address space and of data that this process has."""
    try:
        fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
        return int(fields[0]) * resource.getpagesize(), int(fields[5]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 1024 * MEGABYTE, 512 * MEGABYTE


def resident() -> int:
    """Bytes of memory that this process holds."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0


def die_with_parent(parent: int) -> None:
    """The kernel ends this process when its parent ends, whatever it is doing; ``parent``: who that was at the fork."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before this was said
        os._exit(1)


_PARENT_DEATH_SIGNAL = 1
_SECCOMP = 22
_FILTER = 2
_NO_NEW_PRIVILEGES = 38
_ARENA_MAX = -8
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | 1  # EPERM
_UNIX = 1
_MACHINES: dict[str, tuple[int, int, int]] = {
    "x86_64": (0xC000003E, 41, 425),
    "aarch64": (0xC00000B7, 198, 425),
}
"""Machine → what the kernel calls it, and its numbers of socket and io_uring_setup."""
_LOAD, _EQUAL, _LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_WIDE_CALLS = 0x40000000
"""Calls of the x32 kind have numbers from here."""


class _Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def _no_network(libc: Any) -> None:
    """No socket but of this computer's own kind: LibreOffice needs those within itself."""
    if platform.machine() not in _MACHINES:
        return
    machine, socket, ring = _MACHINES[platform.machine()]
    steps = [
        (_LOAD, 0, 0, 4),  # the kind of machine
        (_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_LEAST, 5, 0, _WIDE_CALLS),
        (_EQUAL, 4, 0, ring),
        (_EQUAL, 0, 2, socket),
        (_LOAD, 0, 0, 16),  # its first argument
        (_EQUAL, 0, 1, _UNIX),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = b"".join(struct.pack("=HBBI", *s) for s in steps)
    kept = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(steps), ctypes.cast(kept, ctypes.c_void_p))
    libc.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)


_CREATE, _ADD, _RESTRICT = 444, 445, 446
_BENEATH = 1
_WRITE_FILE = 1 << 1
_WRITES = _WRITE_FILE | 0x1FF0
"""Writing, removing and making, of every kind (the first version of Landlock)."""
_REFER, _TRUNCATE = 1 << 13, 1 << 14


def _write_only(libc: Any, folders: Iterable[str | Path]) -> None:
    """Landlock: what is not below these cannot be written, made or removed."""
    version = libc.syscall(_CREATE, None, 0, 1)
    if version < 1:
        return
    rights = _WRITES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    rules = libc.syscall(_CREATE, struct.pack("=Q", rights), 8, 0)
    if rules < 0:
        return
    try:
        for folder, allowed in [*((f, rights) for f in folders), (os.devnull, _WRITE_FILE)]:
            with suppress(OSError):
                at = os.open(folder, os.O_PATH | os.O_CLOEXEC)
                try:
                    libc.syscall(_ADD, rules, _BENEATH, struct.pack("=Qi", allowed, at), 0)
                finally:
                    os.close(at)
        libc.syscall(_RESTRICT, rules, 0)
    finally:
        os.close(rules)
