"""Lines of JSON in a file that is only ever added to: each carries the hash of the line before it, so that a line
changed or taken out is noticed. One process writes at a time; what it writes may depend on what is there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yibenzhang.evidence.words import EvidenceError, say

Line = Mapping[str, Any]


class Chain:
    """The lines of a file, each an object."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def append(self, made: Callable[[list[dict[str, Any]]], Sequence[Line]]) -> None:
        """Add what ``made`` makes of the lines that are there, on the disk when this returns. Nobody else adds in
        between. Raises EvidenceError where the file was tampered with, and what ``made`` raises; then nothing is
        added."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with _opened(self.file) as handle:
            size = os.lseek(handle, 0, os.SEEK_END)
            os.lseek(handle, 0, os.SEEK_SET)
            there = list(_chained(_whole(_all(handle, size))))
            last = there[-1][1] if there else ""
            out = b"\n" if size and not _ends(handle, size) else b""  # a line that a kill cut off stays apart
            for one in made([data for data, _ in there]):
                line = json.dumps({**one, "before": last}, ensure_ascii=False).encode()
                last = _hash(line)
                out += line + b"\n"
            os.lseek(handle, 0, os.SEEK_END)
            while out:
                out = out[os.write(handle, out) :]
            os.fsync(handle)

    def read(self) -> list[dict[str, Any]]:
        """All, in the order in which they were added. Raises EvidenceError where one was changed or taken out."""
        if not self.file.exists():
            return []
        return [data for data, _ in _chained(_whole(self.file.read_bytes()))]


def broken(number: int) -> EvidenceError:
    """That a line, counted from 1, is not what was written."""
    return EvidenceError(say("store_broken", line=number))


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _whole(data: bytes) -> list[bytes]:
    """The lines that are whole: a kill may cut one off, at the end or before a later one."""
    lines = data.split(b"\n")
    return [line for line in lines if line.endswith(b"}") and line.startswith(b"{")]


def _chained(lines: Sequence[bytes]) -> Iterator[tuple[dict[str, Any], str]]:
    before = ""
    for number, line in enumerate(lines, start=1):
        try:
            data = json.loads(line)
            if data.pop("before") != before:
                raise ValueError
        except (ValueError, KeyError) as error:
            raise broken(number) from error
        before = _hash(line)
        yield data, before


def _all(handle: int, size: int) -> bytes:
    out = b""
    while len(out) < size:
        some = os.read(handle, size - len(out))
        if not some:
            break
        out += some
    return out


def _ends(handle: int, size: int) -> bool:
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) == b"\n"


@contextmanager
def _opened(file: Path) -> Iterator[int]:
    """The file to add to, for one process at a time."""
    handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    try:
        try:
            import fcntl  # not on every system
        except ImportError:
            pass
        else:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)
