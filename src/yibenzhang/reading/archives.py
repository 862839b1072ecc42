"""Archives of files: ``A.zip/成员名`` names a file inside one, read in memory, never unpacked to disk."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from yibenzhang.reading.limits import (
    MAX_FILE_BYTES,
    MAX_ZIP_BYTES,
    MAX_ZIP_DEPTH,
    MAX_ZIP_ENTRIES,
    ReadingError,
)

if TYPE_CHECKING:
    from yibenzhang.reading.containers import Container

ZIP = b"PK\x03\x04"
_EMPTY = b"PK\x05\x06"


NO_FILE = "这是管道、设备或套接字，不是文件，没有读取。"


def is_special(path: Path) -> bool:
    """A named pipe, a device or a socket: reading one may never end."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def is_archive(path: Path) -> bool:
    """True for a plain zip; false for OFD and Office files, and for what is no sound zip."""
    if is_special(path):
        return False
    try:
        with path.open("rb") as file:
            magic = file.read(4)
        return magic == _EMPTY or (magic == ZIP and _opened(path).kind == "zip")
    except (OSError, ReadingError):
        return False


def members_of(path: Path, wanted: Callable[[str], bool]) -> tuple[list[str], list[tuple[str, str]]]:
    """The files in an archive, also in archives within it, and (path, sentence) of what must not be read."""
    files: list[str] = []
    refused: list[tuple[str, str]] = []
    _list(_opened(path), str(path), 1, wanted, files, refused)
    return files, refused


def _list(
    box: Container,
    here: str,
    depth: int,
    wanted: Callable[[str], bool],
    files: list[str],
    refused: list[tuple[str, str]],
) -> None:
    from yibenzhang.reading.containers import Container

    box.left = MAX_ZIP_BYTES
    refused += [(f"{here}/{name}" if name else here, why) for name, why in box.refused]
    for name in sorted(box.members):
        if not wanted(name):
            continue
        if max(len(files), len(refused)) >= MAX_ZIP_ENTRIES:
            refused.append((here, f"压缩包里的文件超过 {MAX_ZIP_ENTRIES} 个，其余未读取；请分成几个压缩包。"))
            return
        inner = f"{here}/{name}"
        if not box.begins(name, ZIP):
            files.append(inner)
            continue
        try:
            data = box.read(name)
            nested = Container(data)
            if nested.kind != "zip":
                files.append(inner)
            elif depth >= MAX_ZIP_DEPTH:
                refused.append((inner, f"压缩包嵌套超过 {MAX_ZIP_DEPTH} 层，未读取；请先解开。"))
            else:
                _list(nested, inner, depth + 1, wanted, files, refused)
        except ReadingError as error:
            refused.append((inner, str(error)))


def unpacked(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes | str]]:
    """Each file in an archive, also in archives within it, as (path, bytes), or (path, sentence) where it must not be
    read; every archive is opened once."""
    yield from _unpacked(_opened(path), str(path), 1, wanted)


def _unpacked(
    box: Container, here: str, depth: int, wanted: Callable[[str], bool]
) -> Iterator[tuple[str, bytes | str]]:
    from yibenzhang.reading.containers import Container

    box.left = MAX_ZIP_BYTES
    for name, why in box.refused:
        yield f"{here}/{name}" if name else here, why
    for name in sorted(box.members):
        if not wanted(name):
            continue
        inner = f"{here}/{name}"
        try:
            data = box.read(name)
            nested = Container(data) if data.startswith(ZIP) else None
        except ReadingError as error:
            yield inner, str(error)
            continue
        if nested is None or nested.kind != "zip":
            yield inner, data
        elif depth >= MAX_ZIP_DEPTH:
            yield inner, f"压缩包嵌套超过 {MAX_ZIP_DEPTH} 层，未读取；请先解开。"
        else:
            yield from _unpacked(nested, inner, depth + 1, wanted)


def bytes_of(path: str | Path) -> bytes:
    """A file, or a file in an archive. Raises ReadingError, one sentence."""
    file = Path(path)
    try:
        for outer in file.parents:
            if outer.is_file():
                return _inside(_opened(outer), str(path)[len(str(outer)) + 1 :], 1)
        if is_special(file):
            raise ReadingError(NO_FILE)
        size = file.stat().st_size
        if size > MAX_FILE_BYTES:
            raise ReadingError(
                f"文件有 {size // 1024 // 1024} MB，超过 {MAX_FILE_BYTES // 1024 // 1024} MB 的上限。"
            )
        return file.read_bytes()
    except (OSError, ValueError) as error:
        raise ReadingError(f"文件无法打开：{getattr(error, 'strerror', None) or error}。") from error


def _inside(box: Container, name: str, depth: int) -> bytes:
    box.left = MAX_ZIP_BYTES
    if name in box.members:
        return box.read(name)
    outer = next((n for n in box.members if name.startswith(n + "/")), None)
    if outer is None or depth >= MAX_ZIP_DEPTH:
        raise ReadingError(dict(box.refused).get(name) or f"压缩包里没有“{name[:100]}”。")
    from yibenzhang.reading.containers import Container

    return _inside(Container(box.read(outer)), name[len(outer) + 1 :], depth + 1)


def _opened(path: Path) -> Container:
    stated = path.stat()
    return _cached(path, stated.st_mtime_ns, stated.st_size)


@lru_cache(maxsize=2)  # a worker reads many members of one archive
def _cached(path: Path, _changed: int, _size: int) -> Container:
    from yibenzhang.reading.containers import Container  # zipfile and XML: only where there is one

    return Container(path)
