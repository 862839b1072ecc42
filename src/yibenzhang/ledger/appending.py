"""Files beside the ledger that are only ever added to, a JSON object a line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """Every line in its order; a line of a write that was cut off is none."""
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        yield found


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
