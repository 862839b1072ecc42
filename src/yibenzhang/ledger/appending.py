"""Files beside the ledger that are only ever added to, a JSON object a line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_LAST = 200
"""By so many bytes a file is known as the one that was read before."""


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """Every line in its order; a line of a write that was cut off is none."""
    if not file.exists():
        return
    yield from _lines(file.read_bytes())


def _lines(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.split(b"\n"):  # not at what else ends a line for Python: a text of a person may have it
        try:
            found = json.loads(line)
        except ValueError:
            continue
        yield found


class Growing:
    """Such a file that is read again and again: only what was added since."""

    def __init__(self) -> None:
        self._end, self._last, self._file = 0, b"", Path()

    def fresh(self, file: Path) -> tuple[bool, list[dict[str, Any]]]:
        """Whether it is another file than before (what was read of it does not hold), and the lines that are new."""
        try:
            with file.open("rb") as opened:
                opened.seek(max(0, self._end - len(self._last)))
                same = file == self._file and opened.read(len(self._last)) == self._last
                if not same:
                    opened.seek(0)
                data = opened.read()
        except FileNotFoundError:
            same, data = file == self._file and not self._end, b""
        end = (self._end if same else 0) + len(data)
        if data and not data.endswith(
            b"\n"
        ):  # cut off, or still being written: all of it again the next time
            self._end, self._last, self._file = 0, b"", Path()
        else:
            self._end, self._file = end, file
            self._last = ((self._last if same else b"") + data)[-_LAST:]
        return not same, list(_lines(data))


def append_line(file: Path, line: str) -> None:
    """One line more, on the disk when this returns; nothing that was written is ever changed."""
    line += "\n"
    handle = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.lseek(handle, 0, os.SEEK_END)
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = "\n" + line  # a line that a kill cut off stays apart
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
