"""Page pictures, drawn in processes of their own and kept while there is room."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

from yibenzhang.model.leaves import Leaf
from yibenzhang.office.file_store import FileStore, write
from yibenzhang.processes.confining import Limits, begin, settle
from yibenzhang.reading import ReadingError
from yibenzhang.showing.pictures import Drawer

WIDTH = 1400
MOST_BYTES = 2 * 1024**3
"""What the pictures kept may take on the disk."""
SECONDS = 20.0
LIMITS = Limits(seconds=SECONDS)
"""What drawing one page may take."""
_BUSY = "正在画别的页，请稍后再看这一页。"


_drawer = Drawer()


def _draw(path: str, kind: str, leaf: Leaf, width: int) -> bytes:
    begin(LIMITS)
    return _drawer.picture(Path(path).read_bytes, path, kind, leaf, width)


def end_with_parent() -> None:
    """A server that is killed leaves no process behind."""
    parent = parent_process()
    if parent is not None:
        ended = parent.sentinel
        Thread(target=lambda: (wait([ended]), os._exit(1)), daemon=True).start()


def _confined() -> None:
    end_with_parent()
    settle(LIMITS)


def _ready() -> None:
    """By being found, this has everything imported."""


class Pictures:
    """Draws a page once; a page that breaks the process that draws it breaks nothing else."""

    def __init__(self, ledger: FileStore) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._count = max(os.cpu_count() or 1, 2) // 2
        self._free = threading.Semaphore(self._count)
        self._threads = ThreadPoolExecutor(self._count, "drawing")
        self._since = 0

    def kept(self, sha256: str, leaf: Leaf, width: int = WIDTH) -> bytes | None:
        """The picture of a leaf that was drawn before."""
        with suppress(FileNotFoundError):
            return self._path(sha256, leaf, width).read_bytes()
        return None

    def png(self, sha256: str, kind: str, leaf: Leaf, width: int = WIDTH) -> bytes:
        """The picture of a leaf; others that are drawn come first. Raises ReadingError with one sentence."""
        found = self.kept(sha256, leaf, width)
        if found is not None:
            return found
        if not self._free.acquire(timeout=SECONDS):
            raise ReadingError(_BUSY)
        try:
            found = self.kept(sha256, leaf, width)  # meanwhile, for another who looks at the same page
            if found is not None:
                return found
            made = self._drawn(str(self._ledger.path(sha256)), kind, leaf, width)
            with suppress(OSError):  # a full disk: drawn again the next time
                write(self._path(sha256, leaf, width), made, lasting=False)
                self._tidy()
            return made
        finally:
            self._free.release()

    def soon(self, sha256: str, kind: str, leaf: Leaf, width: int) -> Future[bytes]:
        """The picture of a leaf when its turn has come. Raises as ``png`` does."""
        asked = time.monotonic()

        def draw() -> bytes:
            if time.monotonic() - asked > SECONDS:
                raise ReadingError(_BUSY)
            return self.png(sha256, kind, leaf, width)

        return self._threads.submit(draw)

    def _path(self, sha256: str, leaf: Leaf, width: int) -> Path:
        name = f"{sha256}-{leaf.page}-{width}-{leaf.turn}-{leaf.skew:.2f}.png"
        return self._ledger.folder / "pictures" / sha256[:2] / name

    def _drawn(self, path: str, kind: str, leaf: Leaf, width: int) -> bytes:
        for last in (False, True):
            pool = self._running()
            try:
                task = pool.submit(_draw, path, kind, leaf, width)
                return task.result(SECONDS)
            except BrokenProcessPool as error:  # by this page, or by another that was drawn beside it
                self._end(pool)
                if last:
                    raise ReadingError("这一页的图像画不出来。") from error
            except Late as error:
                if task.cancel():
                    raise ReadingError(_BUSY) from error
                self._end(pool)
                raise ReadingError(f"这一页的图像 {SECONDS:g} 秒内没有画完。") from error
        raise AssertionError("unreachable")

    def warm(self) -> None:
        """Have the processes ready before the first page is asked for."""
        self._running().submit(_ready)

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(self._count, get_context("spawn"), _confined)
            return self._pool

    def _end(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        for process in list((getattr(pool, "_processes", None) or {}).values()):
            process.kill()
        pool.shutdown(wait=False, cancel_futures=True)

    def _tidy(self) -> None:
        """Now and then the oldest go."""
        self._since += 1
        if self._since % 200:
            return
        found = []
        for path in (self._ledger.folder / "pictures").rglob("*.png"):
            with suppress(OSError):
                stat = path.stat()
                found.append((stat.st_atime, stat.st_size, path))
        total = sum(s for _, s, _ in found)
        for _, bytes_, path in sorted(found):
            if total <= MOST_BYTES:
                break
            path.unlink(missing_ok=True)
            total -= bytes_

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._pool is not None:
            self._end(self._pool)
