"""The review page by keyboard in a real browser: filters, folding, a batch and u; colours, counts and the bar follow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.conftest import EXAMPLES
from tests.web.browsing import Desk
from tests.web.conftest import wait_for
from tests.web.serving import Server

pytestmark = pytest.mark.long


def test_a_file_is_worked_through_by_keys(chromium: Any, tmp_path: Path) -> None:
    with Server(tmp_path / "ledger") as server:
        season = server.season(year=2018)
        server.roster(season, "江苏省湖荡保护厅")
        desk = Desk(chromium, server, "", "keys")
        data = (EXAMPLES / "jiangsu-three-errors.pdf").read_bytes()
        assert server.hand_in(season, "三个错误.pdf", data).status_code == 201
        wait_for(lambda: server.get(f"/seasons/{season}.json").json()["counts"]["review"] == 1)
        number = server.get(f"/seasons/{season}.json").json()["rows"][0]["submission"]
        desk.go(f"/submissions/{number}")
        page = desk.page
        cards = page.locator("article.matter:visible")
        expect(cards.first).to_be_visible()
        count, heights = cards.count(), [b["height"] for b in (c.bounding_box() for c in cards.all()) if b]
        assert sum(h < 66 for h in heights) >= count - 1, "two lines each, but for the one that is up"
        left = int(page.inner_text("#left"))
        before = int(page.inner_text("#contradicted"))
        rest = page.locator("article.now .rest")
        expect(rest).to_be_hidden()
        page.keyboard.press("o")
        expect(rest).to_be_visible()
        page.keyboard.press("o")
        page.keyboard.press("x")
        page.keyboard.press("1")
        expect(page.locator("#left")).to_have_text(str(left - 1))
        wait_for(lambda: int(page.inner_text("#contradicted")) < before, 30)
        assert "已排除" in page.inner_text("#excused")
        page.keyboard.press("u")
        expect(page.locator("#left")).to_have_text(str(left))
        expect(page.locator("#contradicted")).to_have_text(str(before))
        rule = page.locator("article.now").get_attribute("data-rule")
        same = page.locator(f'article.matter[data-rule="{rule}"]').count()
        page.keyboard.press("Shift+C")
        expect(page.locator(f'article.confirmed[data-rule="{rule}"]')).to_have_count(same)
        page.keyboard.press("u")
        expect(page.locator("article.confirmed")).to_have_count(0)
        page.click('[data-sift="error"]')
        assert {c.get_attribute("data-severity") for c in cards.all()} == {"error"}
        page.click('[data-sift=""]')
        page.check("#grouping")
        rules = [c.get_attribute("data-rule") for c in page.locator("article.matter").all()]
        assert cards.count() <= len(set(rules)) + 1
        page.uncheck("#grouping")
        for width in (400, 1280):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 800})
                for path in (f"/submissions/{number}", f"/seasons/{season}", f"/seasons/{season}/findings"):
                    desk.go(path)
                    page.wait_for_load_state("networkidle")
                    over = page.evaluate(
                        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                    )
                    assert over <= 0, (path, width)
                    found = Axe().run(page)
                    assert not found.violations_count, (path, width, scheme, found.generate_report())
        assert desk.complaints == []
