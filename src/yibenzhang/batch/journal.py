"""A run that can be taken up again: results by the content of the files and the version of the standards."""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yibenzhang
from yibenzhang.processes.plain_data import loads
from yibenzhang.standards import StandardsError

_MAGIC = b"yibenzhang journal 1\n"
_HEAD = 32 + 8


def version_of(extra: str) -> str:
    """What results depend on besides the file: the program with its standards, and a layer of one's own."""
    digest = hashlib.sha256(yibenzhang.__version__.encode())
    folders = [Path(yibenzhang.__file__).parent, *([Path(extra)] if extra else [])]
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".py", ".toml", ".csv", ".txt")):
            digest.update(str(path.relative_to(folder)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class Journal:
    """Results in a file that is only ever added to; a last record cut off by a crash is left out.

    Only the project's own plain data is read back: a journal from a stranger cannot run anything.
    Raises StandardsError where the file is something else.
    """

    def __init__(self, path: Path, extra: str = "") -> None:
        self._path = path
        self._version = version_of(extra)
        self._at: dict[bytes, tuple[int, int]] = {}
        if path.exists() and path.stat().st_size:
            self._index()
        else:
            path.write_bytes(_MAGIC)

    def _index(self) -> None:
        with self._path.open("r+b") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise StandardsError(f"{self._path} 不是本程序的进度文件，请换一个文件名。")
            size = self._path.stat().st_size
            at = file.tell()
            while len(head := file.read(_HEAD)) == _HEAD:
                length = int.from_bytes(head[32:], "big")
                if at + _HEAD + length > size:
                    break
                self._at[head[:32]] = (at + _HEAD, length)
                at = file.seek(at + _HEAD + length)
            file.truncate(at)

    def key(self, parts: Sequence[str]) -> bytes:
        """The key of a result that follows from these (names, content hashes) and the version."""
        return hashlib.sha256("\0".join((self._version, *parts)).encode()).digest()

    def get(self, key: bytes) -> Any:
        """The result under a key, or None."""
        found = self._at.get(key)
        if found is None:
            return None
        with self._path.open("rb") as file:
            file.seek(found[0])
            data = file.read(found[1])
        try:
            return loads(zlib.decompress(data))
        except Exception:  # damaged, or made by another version: done anew
            return None

    def put(self, key: bytes, result: Any) -> None:
        """Add a result; it is on the disk when this returns."""
        data = zlib.compress(pickle.dumps(result, protocol=4), 1)
        with self._path.open("ab") as file:
            at = file.tell() + _HEAD
            file.write(key + len(data).to_bytes(8, "big") + data)
            file.flush()
        self._at[key] = (at, len(data))
