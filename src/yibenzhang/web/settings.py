"""How the workbench is set up, and what its parts share while it runs."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from yibenzhang.ledger.store import Ledger, LedgerError
from yibenzhang.office.analysing import present
from yibenzhang.office.database import Database, DatabaseError, engine_of, prepare
from yibenzhang.office.file_store import FileStore, write
from yibenzhang.office.foreman import Foreman
from yibenzhang.office.models import Setting
from yibenzhang.office.roster import Brief
from yibenzhang.office.taker import Taker
from yibenzhang.projects.ahead import Ahead
from yibenzhang.resources.mirror import Mirror
from yibenzhang.resources.schema import load_schema
from yibenzhang.resources.store import prepare as prepare_resources
from yibenzhang.web.picturing import Pictures
from yibenzhang.web.views import Views


@dataclass(frozen=True, slots=True)
class Settings:
    """``accounts`` False is an own computer: one user, no login, loopback only. ``hosts`` are the names under which the
    server may be addressed; empty is every name."""

    folder: Path
    database: str = ""
    accounts: bool = False
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    https: bool = False
    proxies: tuple[str, ...] = ()
    """Addresses and networks of the proxies whose word on people's addresses is believed."""
    jobs: int = 2
    limit: float = 900
    extra: str = ""
    most_bytes: int = 200 * 1024 * 1024
    work: bool = True
    """False: pages only, nothing is analysed here."""
    analyses: str = ""
    """The ledger that ``ingest`` made, for the page of a body; empty is none, or that in the folder itself."""
    take: bool = False
    """What is published goes into that ledger by itself."""
    second_factor: str = "optional"
    """Who must have a second factor: ``office.second_factor.Policy``."""
    idle: int = 60
    """Minutes after which a session that is left alone ends."""
    shared: bool = False
    """One of several processes for the pages; another has the ledger open and has the work done."""


_LONG = 0.25
"""Seconds; what takes longer is not worked out anew for everybody."""
_OLDEST = 15.0
Made = TypeVar("Made")


class Office:
    """What the pages work with. Raises DatabaseError or OSError where it cannot be set up."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ledger = FileStore(settings.folder) if settings.shared else FileStore.opened(settings.folder)
        try:
            turns = settings.folder / "turns"
            self.database = Database(engine_of(settings.database, settings.folder), turns)
            if not settings.shared:
                turns.write_bytes(b"")
                prepare(self.database.engine)
                prepare_resources(self.database.engine)
                with self.database.session() as session:
                    _belongs(session, settings.folder / "id")
            self.secret = _secret(settings.folder / "secret")
        except BaseException:
            self.ledger.close()
            raise
        self.foreman = Foreman(self.database, self.ledger, settings.jobs, settings.limit, settings.extra)
        self.taker = (
            Taker(self.database, self.ledger, Path(settings.analyses))
            if settings.take and settings.analyses
            else None
        )
        self.pictures = Pictures(self.ledger)
        self.views = Views(self.ledger)
        self.projects = Ahead()
        self._mirror: Mirror | None = None
        self._kept: dict[tuple[object, ...], tuple[float, Any]] = {}
        self._kept_lock = threading.Lock()
        self._boards: tuple[int, dict[tuple[object, ...], list[Brief]]] = (-1, {})
        self.session = self.database.session
        self.version = present(settings.extra)

    def mirror(self) -> Mirror:
        """The account of resources as its rules see it. Raises StandardsError."""
        with self._kept_lock:
            if self._mirror is None:
                self._mirror = Mirror(load_schema(self.settings.extra))
            return self._mirror

    def _read_account(self) -> None:
        with contextlib.suppress(Exception), self.session() as session:  # told where it is asked for
            self.mirror().refresh(session)

    def lately(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """What ``make`` makes; where that took long, what it made lately serves for ten times as long as it took."""
        with self._kept_lock:
            kept = self._kept.get(key)
        begun = time.monotonic()
        if kept is not None and begun < kept[0]:
            found: Made = kept[1]
            return found
        made = make()
        took = time.monotonic() - begun
        if took > _LONG:
            with self._kept_lock:
                if len(self._kept) > 200:
                    self._kept.clear()
                self._kept[key] = (time.monotonic() + min(10 * took, _OLDEST), made)
        return made

    def boards_of(self, turn: int) -> dict[tuple[object, ...], list[Brief]]:
        """The boards worked out in this turn of the database; those of other turns go."""
        kept = self._boards
        if kept[0] != turn:
            kept = self._boards = (turn, {})
        return kept[1]

    def start(self) -> None:
        if self.settings.work:
            self.begin()
        if self.settings.work or self.settings.shared:
            self.pictures.warm()
            threading.Thread(target=self._read_account, name="account", daemon=True).start()
            if (
                self.settings.analyses and (Path(self.settings.analyses) / "ledger.json").is_file()
            ):  # so that the first who opens the projects need not wait
                with contextlib.suppress(LedgerError, OSError):  # told where it is asked for
                    self.projects.start(Ledger(self.settings.analyses), self.settings.extra)

    def begin(self) -> None:
        """Begin what is done beside the pages."""
        self.foreman.start()
        if self.taker is not None:
            self.taker.start()

    def stop(self) -> None:
        if self.settings.work:
            self.foreman.stop()
            if self.taker is not None:
                self.taker.stop()
        self.pictures.close()
        self.database.engine.dispose()
        self.ledger.close()


def _belongs(session: Session, path: Path) -> None:
    """A database works with one ledger folder, the one that holds its files. Raises DatabaseError."""
    if not path.exists():
        write(path, uuid.uuid4().hex.encode())
    own = path.read_text(encoding="ascii", errors="replace").strip()
    known = session.get(Setting, "ledger")
    if known is None:
        session.add(Setting(key="ledger", value=own))
    elif known.value != own:
        raise DatabaseError("这个数据库属于另一个账本文件夹；请用 --folder 指定那一个，或换一个数据库。")


def _secret(path: Path) -> bytes:
    """A key of this ledger, for marks against forged requests."""
    try:
        found = path.read_bytes()
        if len(found) >= 32:
            return found
    except FileNotFoundError:
        pass
    made = secrets.token_bytes(32)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(made)
    return made
