"""The book of projects for pages: what was read last is there at once, what is new in the ledger is read meanwhile."""

from __future__ import annotations

import threading
import time

from yibenzhang.ledger.store import Ledger
from yibenzhang.projects.book import Book, Keeper
from yibenzhang.projects.portfolio import Asked

FIRST, LATER = 0.3, 0.05
"""Seconds that a page waits for what is being read: where nothing was read before, and where there is the last book."""


class StillReading(Exception):
    """The ledger is being read for the first time; the page has to be asked for again."""


class Ahead:
    """A Keeper for pages. The disclosures are read, linked and asked about on a thread of their own as soon as a page
    or ``start`` finds the ledger changed; until then pages show those read before, with all that people said since."""

    def __init__(self) -> None:
        self.keeper = Keeper()
        self._lock = threading.Lock()
        self._reading: threading.Thread | None = None
        self._began = 0.0
        self._failed: Exception | None = None

    def start(self, ledger: Ledger, extra: str = "") -> threading.Thread | None:
        """Read what is new meanwhile; the thread that does, None where nothing is new."""
        with self._lock:
            if self._reading is not None and self._reading.is_alive():
                return self._reading
            if not self.keeper.behind(ledger):
                return None
            self._reading = threading.Thread(
                target=self._read, args=(ledger, extra), name="projects", daemon=True
            )
            self._began, self._failed = time.monotonic(), None
            self._reading.start()
            return self._reading

    def _read(self, ledger: Ledger, extra: str) -> None:
        other = self.keeper.copy()
        try:
            other.asked(ledger, extra)
            other.of_bodies(other.book(ledger, extra).projects)
        except Exception as error:  # told to whoever asks
            self._failed = error
            return
        self.keeper.take(other)

    def reading(self, ledger: Ledger) -> bool:
        """What pages show is not yet all that the ledger has."""
        return self.keeper.behind(ledger)

    def _ready(self, ledger: Ledger, extra: str, whole: bool) -> None:
        """Wait as long as it is worth it. Raises StillReading, or what went wrong in reading."""
        thread = self.start(ledger, extra)
        if thread is None:
            return
        patience = FIRST if self.keeper.empty else LATER
        thread.join(None if whole else max(0.0, patience - (time.monotonic() - self._began)))
        if self._failed is not None:
            raise self._failed
        if self.keeper.empty:
            raise StillReading

    def book(self, ledger: Ledger, extra: str = "", whole: bool = False) -> Book:
        """The book; ``whole``: wait until all that is new is in it."""
        self._ready(ledger, extra, whole)
        return self.keeper.book(ledger, extra, held=not whole)

    def asked(self, ledger: Ledger, extra: str = "", whole: bool = False) -> list[Asked]:
        """The answers to all questions."""
        self._ready(ledger, extra, whole)
        return self.keeper.asked(ledger, extra, held=not whole)
