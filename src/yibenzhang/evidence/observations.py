"""Observations: what was measured, when, by which query, of which bytes. Only ever added.

They lie in one file of JSON lines, ``observations.jsonl``, beside the batches of a ledger. Each line carries the hash
of the line before it, so that a line changed or taken out is noticed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from pathlib import Path

from yibenzhang.evidence.words import EvidenceError, say

NAME = "observations.jsonl"
_NUMBERS = ("value", "numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Observation:
    """One measurement. ``value`` is None for a gap, ``gap`` then says why; it is never zero in its place.

    ``indicator``: ``pack.indicator``; ``subject``: whose; ``begin`` and ``end``: first and last day of the period
    (ISO); ``unit`` of ``value``; ``numerator`` and ``denominator`` where it is a share; ``query``: as it was run;
    ``source``: what was read, without anything secret; ``time``: when, as the caller says; ``hash``: SHA-256 of what
    was read, empty where nothing was; ``by``: who told it, where a person did.
    """

    indicator: str
    subject: str
    begin: str
    end: str
    value: Decimal | None
    unit: str
    numerator: Decimal | None
    denominator: Decimal | None
    query: str
    source: str
    time: str
    hash: str
    gap: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.gap):
            raise ValueError("an observation has a value or says why it has none")


class Observations:
    """The observations of a folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / NAME

    def append(self, found: Sequence[Observation]) -> None:
        """Add, on the disk when this returns. Raises EvidenceError where the file was tampered with."""
        if not found:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with _opened(self.file) as handle:
            size = os.lseek(handle, 0, os.SEEK_END)
            os.lseek(handle, 0, os.SEEK_SET)
            lines = _whole(_all(handle, size))
            last = ([""] + [hash for _, hash in _chained(lines)])[-1]
            out = b"\n" if size and not _ends(handle, size) else b""  # a line that a kill cut off stays apart
            for one in found:
                line = _line(one, last)
                last = _hash(line)
                out += line + b"\n"
            os.lseek(handle, 0, os.SEEK_END)
            while out:
                out = out[os.write(handle, out) :]
            os.fsync(handle)

    def read(self) -> list[Observation]:
        """All, in the order in which they were added. Raises EvidenceError where one was changed or taken out."""
        if not self.file.exists():
            return []
        return [one for one, _ in _chained(_whole(self.file.read_bytes()))]


def latest(observations: Sequence[Observation]) -> list[Observation]:
    """Of each indicator, subject and period the one added last."""
    found = {(o.indicator, o.subject, o.begin, o.end): o for o in observations}
    return list(found.values())


def _line(one: Observation, before: str) -> bytes:
    values = {k: str(v) if k in _NUMBERS and v is not None else v for k, v in asdict(one).items()}
    return json.dumps({**values, "before": before}, ensure_ascii=False).encode()


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _whole(data: bytes) -> list[bytes]:
    """The lines that are whole: a kill may cut one off, at the end or before a later one."""
    lines = data.split(b"\n")
    return [line for line in lines if line.endswith(b"}") and line.startswith(b"{")]


def _chained(lines: Sequence[bytes]) -> Iterator[tuple[Observation, str]]:
    before = ""
    known = {f.name for f in fields(Observation)}
    for number, line in enumerate(lines, start=1):
        try:
            data = json.loads(line)
            if data.pop("before") != before or set(data) - known:
                raise ValueError
            numbers = {k: None if data[k] is None else Decimal(data[k]) for k in _NUMBERS}
            one = Observation(**{**data, **numbers})
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise EvidenceError(say("store_broken", line=number)) from error
        before = _hash(line)
        yield one, before


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
