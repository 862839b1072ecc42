"""A bureau's way in Debian's Chromium: its own hotline table mapped on a page, what it lacks, a first run, the schedule, a
day on which the source failed, a verdict that turns."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.web.browsing import Desk
from tests.web.serving import Server
from tests.web.test_evidence import BODY, own_table
from yibenzhang.evidence.observations import Observations
from yibenzhang.ledger.store import Ledger

NAME = "工单按时办结"


def _row(page: Page) -> str:
    """What the page of the evidence says of the promise."""
    return page.locator("main tbody tr", has_text=NAME).first.inner_text()


def _run(desk: Desk) -> str:
    desk.go("/evidence-mappings")
    desk.press("运行一次")
    expect(desk.page.locator("main")).to_be_visible()
    desk.go("/evidence?system=hotline")
    return _row(desk.page)


def test_from_an_own_table_to_a_verdict_that_turns(chromium: Browser, tmp_path: Path) -> None:
    folder = Ledger(tmp_path / "analyses").folder
    own_table(folder / "mappings", late=0)
    server = Server(tmp_path / "ledger", ("--ledger", str(folder)))
    with server:
        desk = Desk(chromium, server, "", "evidence")
        page = desk.page
        desk.go("/evidence-mapping?system=hotline")
        desk.look("mapping", narrow=True)
        for name, value in {
            "file": "热线", "subject": BODY, "t-work_order": "gd.csv", "c-work_order-id": "工单号", "c-work_order-received": "受理",
            "c-work_order-finished": "办结", "c-work_order-satisfied": "回访", "v-work_order-satisfied": "1=1、2=0", "p-on_time": "95", "at": "03:00",
        }.items():  # fmt: skip
            page.fill(f"[name='{name}']", value)
        page.locator("[name=every]").select_option("day")
        desk.press("保存并检查")

        # the contract says what is missing before anything runs
        expect(page.locator("main")).to_contain_text("缺列 due")
        desk.look("missing", narrow=True)
        desk.go("/evidence-mapping?file=热线.toml")
        expect(page.locator("[name=every]")).to_have_value("day")
        expect(page.locator("[name=at]")).to_have_value("03:00")
        page.fill("[name=c-work_order-due]", "时限")
        desk.press("保存并检查")
        expect(page.locator("main")).not_to_contain_text("缺列 due")

        assert "做到" in (first := _run(desk)) and "100%" in first
        desk.look("kept", narrow=True)
        own_table(folder / "mappings", late=2)
        turned = _run(desk)
        assert "90%" in turned and ("没有做到" in turned or "有风险" in turned)
        desk.look("turned")
        (folder / "mappings" / "gd.csv").unlink()
        assert "不能判断" in _run(desk)  # the failing day is a gap and no zero
        desk.look("gap", narrow=True)
        desk.go("/evidence-mappings")
        expect(page.locator("main")).to_contain_text("每天 03:00")
        expect(page.locator("main")).to_contain_text("没有文件 gd.csv")
        desk.look("failed", narrow=True)
        kept = [o for o in Observations(folder).read() if o.indicator == "hotline.on_time"]
        assert [None if o.value is None else int(o.value) for o in kept] == [100, 90, None]
        assert not desk.complaints
