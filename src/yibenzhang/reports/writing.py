"""Files written beside their place and moved there: a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from yibenzhang.model.text import shown, valid


def write(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Let ``fill`` write a file that then takes the place of ``path``; a link's target is replaced, not the link.

    Raises OSError; what stood there before then stands there still. A device, a pipe or a folder is no place for a
    file.
    """
    place = path.resolve()
    mode = _mode(place)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:40]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(place)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _mode(place: Path) -> int:
    """The permissions of the file that is replaced, or those a new one would have."""
    try:
        there = place.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
    if not stat.S_ISREG(there.st_mode):
        raise OSError(0, "不是普通文件，没有写", str(place))
    return stat.S_IMODE(there.st_mode)


def write_text(path: Path, text: str) -> None:
    """Text that may hold what came from outside: valid, control characters shown. Raises OSError."""
    data = shown(text).encode()
    write(path, lambda file: file.write(data))


def as_json(data: Any) -> str:
    """JSON for programs and people; halves of characters are joined, control characters escaped by JSON itself."""
    return valid(json.dumps(data, ensure_ascii=False, indent=2))
