"""The portal in the processes of a server: each makes its own application from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI

from yibenzhang.ledger.store import Ledger
from yibenzhang.portal.app import create

_LEDGER, _DATA = "YIBENZHANG_PORTAL_LEDGER", "YIBENZHANG_PORTAL_DATA"


def settings_into_environment(ledger: Path, data: Path | None) -> None:
    """What the processes need to know."""
    os.environ[_LEDGER] = str(ledger.resolve())
    os.environ[_DATA] = str(data.resolve()) if data else ""


def app() -> FastAPI:
    data = os.environ.get(_DATA, "")
    return create(Ledger(os.environ[_LEDGER]), Path(data) if data else None)
