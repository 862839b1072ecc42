"""Shared places, and the rings the tests stand in.

- ``fast``: a second each, mostly far less; what one runs after every change. ``make fast``
- ``middle``: with the fast ones, what one runs before a commit. ``make test``
- ``long``: a browser, PostgreSQL, servers that are killed, scans, real documents, whole seasons, mutated files; and the
  whole of what the other rings take a sample of. ``make long`` runs all three.

A test is long where it needs what LONG names. A test or module may say its ring by a mark; of several the longest counts.
All others are fast in the folders of FAST, and middle elsewhere.
"""

from __future__ import annotations

import gc
import os
import re
import sqlite3
import sys
import threading
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, TypeVar

# else every program that a test starts compiles all of it anew
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402
from sqlalchemy import event  # noqa: E402
from sqlalchemy.pool import Pool  # noqa: E402

from yibenzhang import Checked, check  # noqa: E402
from yibenzhang.processes import forking  # noqa: E402
from yibenzhang.processes.collecting import seldom  # noqa: E402
from yibenzhang.reading import converting  # noqa: E402

settings.register_profile(
    "same", derandomize=True, deadline=None
)  # the same examples in every run, however busy
settings.load_profile("same")
ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
EXAMPLES = ROOT / "examples"

FAST = {"bureau", "cases", "unit"}
LONG = {"chromium", "corpus", "libreoffice", "postgres", "server"}
"""Fixtures, or values of a parameter that name one: what is outside of this repository, or a server of its own."""


_brief = _fast = False
Thing = TypeVar("Thing")


def pytest_configure(config: pytest.Config) -> None:
    global _brief, _fast
    if "PYTEST_XDIST_WORKER" in os.environ:
        forking.own_threads = threading.active_count()  # one speaks with the process that hands out the tests
    _brief = config.getoption("markexpr") in ("fast", "not long")
    _fast = config.getoption("markexpr") == "fast"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """The fast ring imports no module that has no fast test: it would take longer than a hundred of them."""
    if not _fast:
        return None
    if collection_path.is_dir():
        inside = [p for p in collection_path.rglob("test_*.py") if _may_be_fast(p)]
        return True if collection_path.parent == Path(__file__).parent and not inside else None
    return True if collection_path.name.startswith("test_") and not _may_be_fast(collection_path) else None


def _may_be_fast(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    if path.parent.name in FAST:
        return not re.search(r"^pytestmark = pytest\.mark\.(middle|long)\b(?!.*[\],])", text, re.MULTILINE)
    return "mark.fast" in text


def examples(most: int) -> int:
    """So many made-up examples of a property: all with the long ring, a fifth without it."""
    return max(most // 5, min(most, 5)) if _brief else most


def sample(things: Sequence[Thing], step: int) -> Sequence[Thing]:
    """All of them with the long ring, every so many without it."""
    return things[::step] if _brief else things


def sampled(things: Sequence[Thing], some: Set[Thing]) -> Sequence[Thing]:
    """All of them with the long ring, some without it."""
    return [t for t in things if t in some] if _brief else things


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        own = {m.name for m in item.iter_markers()}
        values = getattr(getattr(item, "callspec", None), "params", {}).values()
        needs = {*getattr(item, "fixturenames", ()), *(v for v in values if isinstance(v, str))}
        if needs & LONG:
            item.add_marker("long")
        elif not own & {"fast", "middle", "long"}:
            item.add_marker("fast" if item.path.parent.name in FAST else "middle")


def pytest_collection_finish(session: pytest.Session) -> None:
    """The collector looks seldom, as in the program, and not at what was imported, which stays; nor need a fork copy it."""
    seldom()
    gc.collect()
    gc.freeze()
    if sys.platform.startswith("linux") and len(session.items) > 500:
        forkserver.set_forkserver_preload(["tests.warmed"])
        forkserver.ensure_running()


@lru_cache(maxsize=32)
def checked(name: str) -> Checked:
    """A shipped example, read and checked once for all tests; nobody can change it."""
    return check(EXAMPLES / name)


@pytest.fixture(autouse=True, scope="session")
def quick_disk() -> Iterator[None]:
    """Nothing in this process waits for the disk: only a power cut would tell, and no test makes one."""

    def unsynced(connection: Any, record: Any, _: object) -> None:
        if isinstance(connection, sqlite3.Connection) and not record.info.get("unsynced"):
            connection.execute("PRAGMA synchronous=OFF")
            record.info["unsynced"] = True

    event.listen(Pool, "checkout", unsynced)
    kept, os.fsync = os.fsync, lambda _: None
    yield
    os.fsync = kept
    event.remove(Pool, "checkout", unsynced)


def undecidable() -> bytes:
    """A text in which a number differs from its sum, and nothing tells which of them is wrong."""
    text = (EXAMPLES / "hubei-clean.txt").read_text(encoding="utf-8")
    line = "本年收入合计\t4,048.31\t"
    assert text.count(line) == 1
    return text.replace(line, line.replace("4,048.31", "5,546.18")).encode()


@pytest.fixture(scope="session")
def corpus() -> Path:
    if not CORPUS.is_dir():
        pytest.skip("the corpus (../shared/corpus) is not on this machine")
    return CORPUS


@pytest.fixture(scope="session")
def libreoffice() -> None:
    if converting.office() is None:
        pytest.skip(
            "LibreOffice is not installed (Debian: apt-get install libreoffice-calc-nogui libreoffice-writer-nogui)"
        )
