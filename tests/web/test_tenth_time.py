"""A reviewer who has done it before: a file with five findings, from the board to the notice, by keys."""

from __future__ import annotations

import uuid
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.conftest import ROOT
from tests.web.browsing import Desk
from tests.web.serving import Server

BODY = "湖北省云梦泽市青石区数据资源局"
WRONG = (  # five numbers and words of the clean example, made wrong
    (57, "186.25", "168.25"),
    (82, "1,246.25", "1,264.25"),
    (98, "467.89\t467.89", "467.98\t467.89"),
    (227, "23.31\t0.00", "32.31\t0.00"),
    (373, "增加0.30", "减少0.30"),
)
MOST_STEPS = 10


def test_five_findings_in_ten_steps(chromium: Browser, tmp_path: Path) -> None:
    """Counted: every click and every key. A practised person needs a few seconds for each finding's look, and well
    under one for a step."""
    lines = (ROOT / "examples" / "hubei-clean.txt").read_text(encoding="utf-8").splitlines(keepends=True)
    for number, right, wrong in WRONG:
        assert right in lines[number - 1]
        lines[number - 1] = lines[number - 1].replace(right, wrong, 1)
    with Server(tmp_path / "ledger") as server:
        season = server.season()
        rows = f"单位名称\n{BODY}\n".encode()
        assert server.post(f"/seasons/{season}/roster", files={"file": ("名录.csv", rows)}).status_code == 200
        delivery = uuid.uuid4().hex
        assert server.hand_in(season, "预算.txt", "".join(lines).encode(), delivery).status_code == 201
        assert server.settled(delivery)[0]["state"] == "review"
        desk = Desk(chromium, server, "", "tenth")
        desk.go(f"/seasons/{season}")
        page, steps = desk.page, 0

        def key(name: str) -> None:
            nonlocal steps
            page.keyboard.press(name)
            steps += 1

        page.get_by_role("link", name="审核", exact=True).click()
        steps += 1
        cards = page.locator("article.matter")
        expect(cards).to_have_count(5)
        for k in range(4):
            expect(cards.nth(k)).to_have_class("matter error now")
            expect(page.locator(".culprit")).to_be_visible()
            key("c")
            expect(cards.nth(k)).to_contain_text("已确认")
        key("x")
        key("1")
        expect(cards.nth(4)).to_contain_text("已排除")
        key("r")
        expect(page.locator("#send")).to_be_focused()
        key("Enter")
        expect(page.locator("h1")).to_contain_text("通知")
        assert steps <= MOST_STEPS, steps
        assert desk.complaints == []
        desk.context.close()
