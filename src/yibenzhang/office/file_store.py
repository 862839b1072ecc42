"""Documents by the hash of their content, and what was made of them, as files in one folder.

A file is complete or absent: everything is written beside its place, brought to the disk and then moved there.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

_HASH = re.compile(r"[0-9a-f]{64}")
_RECEIPT = re.compile(r"[0-9a-f]{32}")

SPARE = 8 * 1024 * 1024
"""What is left free on the disk when files come in: room for the records to work on and to say so."""
_OFTEN = 1024 * 1024


def closed(folder: Path) -> bool:
    """Close a ledger folder that other users of the machine can open; whether that was so. A folder that holds no
    ledger as yet may be anything (a home, ``/tmp``) and is left as it is. Raises OSError where it is somebody
    else's."""
    ours = any((folder / name).is_file() for name in ("office.db", "id", "secret"))
    if os.name != "posix" or not ours or not folder.stat().st_mode & 0o077 or folder.stat().st_mode & 0o1000:
        return False
    folder.chmod(0o700)
    return True


class Incoming:
    """A file as it comes in, piece by piece; nothing of it stays unless ``keep`` is called."""

    def __init__(self, ledger: FileStore) -> None:
        self._ledger = ledger
        self._path = ledger.folder / "incoming" / f"{uuid.uuid4().hex}.part"
        self._file: BinaryIO = self._path.open("wb")
        self._digest = hashlib.sha256()
        self.size = 0
        self._asked = -1

    def write(self, data: bytes) -> None:
        """Raises OSError where the disk is full, but for what the records and results need."""
        before, self._asked = self._asked, (self.size + len(data)) // _OFTEN
        if self._asked != before and shutil.disk_usage(self._path.parent).free < SPARE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
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


class FileStore:
    """The folder of the ledger."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: int | None = None

    @classmethod
    def opened(cls, folder: Path) -> FileStore:
        """The ledger in this folder, made where there is none. One process has it open, from its start to its end.

        Raises OSError where it cannot be written, or another process has it open.
        """
        ledger = cls(folder)
        folder.mkdir(
            mode=0o700, parents=True, exist_ok=True
        )  # other users of the machine have no business in it
        for name in ("files", "analyses", "incoming", "pictures"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        ledger._lock = _locked(folder / "lock")
        for name in ("incoming", "analyses", "pictures"):  # of a server or a worker that was killed
            for left in (folder / name).rglob("*.part"):
                left.unlink(missing_ok=True)
        return ledger

    def close(self) -> None:
        """Let another process open it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

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
        """Where what was found out about a submission lies; ``kind``: see stored_views."""
        if not _RECEIPT.fullmatch(receipt):
            raise ValueError(receipt)
        return self.folder / "analyses" / receipt[:2] / f"{receipt}.{kind}"

    def put_analysis(self, receipt: str, kind: str, data: bytes) -> None:
        write(self.analysis(receipt, kind), data)

    def remember(self, key: str, told: list[dict[str, Any]]) -> None:
        """Note who handed in what, all of it or nothing, before the database knows; ``forget`` takes the note away."""
        write(self._note(key), json.dumps(told, ensure_ascii=False).encode())

    def forget(self, key: str) -> None:
        self._note(key).unlink(missing_ok=True)

    def set_aside(self, key: str) -> None:
        """A note that will never be registered is kept, for a person to look at."""
        with suppress(FileNotFoundError):
            self._note(key).replace(self._note(key).with_suffix(".aside"))

    def remembered(self) -> Iterator[tuple[str, Any]]:
        """The notes of what the database may not know of, oldest first."""
        found = []
        for path in (self.folder / "incoming").glob("*.json"):
            with suppress(OSError):
                found.append((path.stat().st_mtime_ns, path))
        for _, path in sorted(found):
            with suppress(OSError, ValueError):
                yield path.stem, json.loads(path.read_bytes())

    def _note(self, key: str) -> Path:
        if not _RECEIPT.fullmatch(key):
            raise ValueError(key)
        return self.folder / "incoming" / f"{key}.json"


def _locked(path: Path) -> int | None:
    """Hold this file for this process alone; the system lets go of it when the process ends, however it ends."""
    try:
        import fcntl  # not on every system
    except ImportError:
        return None
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        stated = "另一个工作台正在使用它，请先结束那一个，或换一个文件夹"
        raise OSError(errno.EBUSY, stated, str(path.parent)) from error
    except OSError:  # a file system without locks
        os.close(handle)
        return None
    return handle


def write(path: Path, data: bytes, lasting: bool = True) -> None:
    """Write a file wholly or not at all; ``lasting``: it is on the disk when this returns. Raises OSError where the
    disk is full."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
        if lasting:
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
