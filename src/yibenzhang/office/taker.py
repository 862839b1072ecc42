"""What the workbench analysed and the roster says is published goes into the ledger by itself: one store, not two."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from yibenzhang.ledger.store import Ledger, LedgerError
from yibenzhang.office.database import Database, unavailable
from yibenzhang.office.file_store import FileStore
from yibenzhang.office.models import now
from yibenzhang.office.taking import TakenOver, Waiting, take_over, waiting

log = logging.getLogger("yibenzhang.taker")
SECONDS = 15.0
"""So long after the last look the next one is, where something was changed meanwhile."""


class Taker:
    """A thread that takes what is published into the ledger in ``folder``. What could not be taken is tried again after
    something else has changed, or the workbench was started anew."""

    def __init__(self, database: Database, store: FileStore, folder: Path) -> None:
        self._database, self._store, self._folder = database, store, folder
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="taker", daemon=True)
        self._turn = -2
        self._seen: Sequence[Waiting] = ()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the batch that is being written."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(10)

    def look(self) -> TakenOver | None:
        """Take what is new; None where nothing changed since the last look. Raises OSError, LedgerError, and what the
        database raises."""
        turn = self._database.turn
        if turn >= 0 and turn == self._turn:
            return None
        with self._database.session() as session:
            found = waiting(session)
            if found == self._seen:
                taken = None
            else:
                at = now().isoformat(timespec="seconds")
                taken = take_over(session, self._store, Ledger(self._folder), at)
        self._turn, self._seen = turn, found
        return taken

    def _run(self) -> None:
        failed = ""
        while not self._stop.is_set():
            try:
                taken = self.look()
                failed = ""
                if taken and (taken.disclosures or taken.left):
                    log.info("收进账本 %d 份公开文件，%d 份没有收", taken.disclosures, len(taken.left))
                    for name, why in taken.left:
                        log.info("没有收进账本：%s：%s", name, why)
            except (OSError, LedgerError) as error:
                failed = self._told(f"账本写不进去，以后再收：{error}", failed)
            except Exception as error:
                if not unavailable(error):
                    log.exception("收进账本时出错，以后再收")
                self._turn = -2
            self._stop.wait(SECONDS)

    @staticmethod
    def _told(sentence: str, before: str) -> str:
        """Say it once, not at every look."""
        if sentence != before:
            log.warning(sentence)
        return sentence
