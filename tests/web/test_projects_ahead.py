"""Pages of projects while the ledger is read: at once with what was read before, and they say so."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.unit.test_projects import ACCOUNTS, BUDGET, NOW
from tests.web.conftest import MakeShop
from yibenzhang.ledger.ingesting import Origin, ingest
from yibenzhang.ledger.store import Ledger
from yibenzhang.projects import ahead
from yibenzhang.projects.book import Keeper

TOLD = "账本有新的内容，正在读"


def taken(ledger: Ledger, file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    list(ingest(ledger, [str(file)], NOW, Origin({}), jobs=1))


def test_a_page_does_not_wait_for_the_ledger(
    make_shop: MakeShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "LATER", 0)
    ledger = Ledger(tmp_path / "账本")
    taken(ledger, tmp_path / "决算.txt", ACCOUNTS)
    desk = make_shop(accounts=False, hosts=(), analyses=str(ledger.folder)).browser()
    before = desk.get("/projects.json").json()["total"]
    chosen = desk.get("/projects.json").json()["rows"][0]["id"]
    assert TOLD not in desk.get("/projects").text

    held, made = threading.Event(), Keeper.asked

    def slowly(self: Keeper, *given: object, **more: object) -> object:
        if threading.current_thread().name == "projects":
            held.wait(60)
        return made(self, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Keeper, "asked", slowly)
    taken(ledger, tmp_path / "预算.txt", BUDGET)
    for address in (
        "/projects",
        f"/project?chosen={chosen}",
        "/projects-portfolio",
        "/projects-summary",
        "/projects-proposals",
    ):
        page = desk.get(address)
        assert page.status_code == 200 and TOLD in page.text, address
    assert f"共 {before} 个" in desk.get("/projects").text
    held.set()
    assert desk.get("/projects.json").json()["total"] > before  # programs wait until it is read
    page = desk.get("/projects").text
    assert f"共 {before} 个" not in page and TOLD not in page


def test_the_first_page_says_that_it_is_reading(
    make_shop: MakeShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "FIRST", 0)
    ledger = Ledger(tmp_path / "账本")
    taken(ledger, tmp_path / "决算.txt", ACCOUNTS)
    desk = make_shop(accounts=False, hosts=(), analyses=str(ledger.folder)).browser()
    page = desk.client.get("/projects")
    assert page.status_code == 202 and "正在读账本" in page.text and page.headers["Retry-After"] == "2"
    assert desk.get("/projects.json").json()["total"] == 2
    assert desk.get("/projects").status_code == 200
