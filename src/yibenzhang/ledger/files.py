"""Documents by the hash of their content, and what was made of them, as files in one folder.

A file is complete or absent: everything is written beside its place, brought to the disk and then moved there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

_HASH = re.compile(r"[0-9a-f]{64}")
_RECEIPT = re.compile(r"[0-9a-f]{32}")


class Incoming:
    """A file as it comes in, piece by piece; nothing of it stays unless ``keep`` is called."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._path = ledger.folder / "incoming" / f"{uuid.uuid4().hex}.part"
        self._file: BinaryIO = self._path.open("wb")
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Raises OSError where the disk is full."""
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    def keep(self) -> str:
        """Bring it to its place; its hash. It is on the disk when this returns."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        sha256 = self._digest.hexdigest()
        place = self._ledger.path(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        self._path.replace(place)
        _sync(place.parent)
        return sha256

    def drop(self) -> None:
        """Forget it."""
        with suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)


class Ledger:
    """The folder of the ledger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def opened(cls, folder: Path) -> Ledger:
        """The ledger in this folder, made where there is none. One process opens it, at its start.

        Raises OSError where it cannot be written.
        """
        ledger = cls(folder)
        for name in ("files", "analyses", "incoming", "pictures"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for left in (folder / "incoming").glob("*.part"):  # of a server that was killed while a file came in
            left.unlink(missing_ok=True)
        return ledger

    def path(self, sha256: str) -> Path:
        """Where the document with this hash lies."""
        if not _HASH.fullmatch(sha256):
            raise ValueError(sha256)
        return self.folder / "files" / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Keep these bytes; their hash."""
        incoming = Incoming(self)
        try:
            incoming.write(data)
            return incoming.keep()
        except OSError:
            incoming.drop()
            raise

    def data(self, sha256: str) -> bytes:
        return self.path(sha256).read_bytes()

    def analysis(self, receipt: str, kind: str) -> Path:
        """Where what was found out about a submission lies; ``kind`` is view or report."""
        if not _RECEIPT.fullmatch(receipt):
            raise ValueError(receipt)
        return self.folder / "analyses" / receipt[:2] / f"{receipt}.{kind}"

    def put_analysis(self, receipt: str, kind: str, data: bytes) -> None:
        write(self.analysis(receipt, kind), data)

    def remember(self, receipt: str, told: dict[str, Any]) -> None:
        """Note who handed in what, before the database knows; ``forget`` takes the note away."""
        write(self._note(receipt), json.dumps(told, ensure_ascii=False).encode())

    def forget(self, receipt: str) -> None:
        self._note(receipt).unlink(missing_ok=True)

    def remembered(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The notes of what the database may not know of."""
        for path in sorted((self.folder / "incoming").glob("*.json")):
            try:
                yield path.stem, json.loads(path.read_bytes())
            except (OSError, ValueError):
                continue

    def _note(self, receipt: str) -> Path:
        if not _RECEIPT.fullmatch(receipt):
            raise ValueError(receipt)
        return self.folder / "incoming" / f"{receipt}.json"


def write(path: Path, data: bytes) -> None:
    """Write a file wholly or not at all. Raises OSError where the disk is full."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync(path.parent)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    """Bring a folder's entries to the disk; not every file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
