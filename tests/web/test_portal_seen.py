"""The portal and the static site in Chromium: at the widths of a telephone, a desk and a large screen, and through axe."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT
from tests.unit.test_ledger import disclosure, put, taken
from tests.unit.test_portal import TEXT
from tests.web.browsing import SHOTS
from tests.web.serving import free_port
from yibenzhang.ledger import index
from yibenzhang.ledger.comparing import compare, keep
from yibenzhang.ledger.store import Ledger
from yibenzhang.portal.app import create
from yibenzhang.publishing.site import write_site

pytestmark = pytest.mark.long
BODY = "示范市数据局"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    folder = tmp_path_factory.mktemp("门户")
    ledger = Ledger(folder / "账本")
    taken(ledger, put(folder / "a", "去年.txt", disclosure(2025)))
    taken(ledger, put(folder / "b", "今年.txt", disclosure(2026, {"节能环保支出": 81.5}, 1.05) + TEXT))
    taken(ledger, *map(str, sorted((ROOT / "examples").glob("*clean.pdf"))))
    keep(ledger, compare(ledger))
    index.refresh(ledger)
    return ledger


@pytest.fixture(scope="module")
def address(ledger: Ledger) -> Iterator[str]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create(ledger), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def seen(page: Page, where: str, name: str) -> str:
    SHOTS.mkdir(parents=True, exist_ok=True)
    for width in (400, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(where)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=SHOTS / f"portal-{name}-{width}.png", full_page=True)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} is {over} px too wide at {width}"
    found = Axe().run(page)
    assert not found.violations_count, f"{name}: {found.generate_report()}"
    return page.content()


def test_the_pages_of_the_portal(chromium: Browser, address: str) -> None:
    page, complaints = chromium.new_page(), []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    text = seen(page, f"{address}/body/{BODY}", "body")
    document = re.findall(r"/document/[0-9a-f]+", text)[0]
    number = re.findall(r"/number/[0-9a-f]+/[0-9a-f]+", text)[0]
    places = {
        "home": "/",
        "search": "/search?q=政务服务热线",
        "document": document,
        "number": number,
        "questions": "/questions",
    }
    places |= {"compare": "/compare", "beside": f"/beside?body={BODY}", "projects": f"/body/{BODY}/projects"}
    for name, where in places.items():
        seen(page, address + where, name)
    page.goto(address)
    page.fill("[name=q]", "数据局")
    page.press("[name=q]", "Enter")
    page.click(f"text={BODY}")
    assert page.locator("h1").inner_text() == BODY
    page.locator("td.n a").first.click()
    assert page.locator("td.lit").is_visible()
    page.close()
    assert complaints == []


def test_the_site_from_a_folder(chromium: Browser, ledger: Ledger, tmp_path: Path) -> None:
    write_site(ledger, tmp_path / "网站", compare(ledger))
    page = chromium.new_page()
    seen(page, (tmp_path / "网站" / "index.html").as_uri(), "site")
    for k, file in enumerate(sorted((tmp_path / "网站" / "bodies").glob("*.html"))):
        seen(page, file.as_uri(), f"site-body-{k}")
    page.close()
