"""How the workbench is set up, and what its parts share while it runs."""

from __future__ import annotations

import gc
import os
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from yibenzhang.ledger.files import Ledger, write
from yibenzhang.office.analysing import present
from yibenzhang.office.database import Database, DatabaseError, engine_of, prepare
from yibenzhang.office.foreman import Foreman
from yibenzhang.office.models import Setting
from yibenzhang.office.roster import Brief
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
    jobs: int = 2
    limit: float = 900
    extra: str = ""
    most_bytes: int = 200 * 1024 * 1024
    work: bool = True
    """False: pages only, nothing is analysed here."""


class Office:
    """What the pages work with. Raises DatabaseError or OSError where it cannot be set up."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ledger = Ledger.opened(settings.folder)
        try:
            self.database = Database(engine_of(settings.database, settings.folder))
            prepare(self.database.engine)
            with self.database.session() as session:
                _belongs(session, settings.folder / "id")
            self.secret = _secret(settings.folder / "secret")
        except BaseException:
            self.ledger.close()
            raise
        self.foreman = Foreman(self.database, self.ledger, settings.jobs, settings.limit, settings.extra)
        self.pictures = Pictures(self.ledger)
        self.views = Views(self.ledger)
        self.boards: dict[tuple[object, ...], list[Brief]] = {}
        self.session = self.database.session
        self.version = present(settings.extra)

    def start(self) -> None:
        if self.settings.work:
            self.foreman.start()
            self.pictures.warm()
            gc.freeze()  # what is there now stays: looking through it again would only hold up the pages

    def stop(self) -> None:
        if self.settings.work:
            self.foreman.stop()
        self.pictures.close()
        self.database.engine.dispose()
        self.ledger.close()


def _belongs(session: Session, path: Path) -> None:
    """A database works with one ledger folder, the one that holds its files. Raises DatabaseError."""
    if not path.exists():
        write(path, uuid.uuid4().hex.encode())
    mine = path.read_text(encoding="ascii", errors="replace").strip()
    known = session.get(Setting, "ledger")
    if known is None:
        session.add(Setting(key="ledger", value=mine))
    elif known.value != mine:
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
