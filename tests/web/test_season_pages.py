"""The pages of a season's settings, of a file moved to another season, of lateness and of a closed season, in Chromium."""

from __future__ import annotations

import uuid
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.web.browsing import Desk
from tests.web.serving import Server
from tests.web.working import BODY, LATE, OTHER, version

ROSTER = f"单位名称,批复日期\n{BODY},2018-02-01\n{OTHER},2018-02-01\n{LATE},2018-02-01\n"


def test_a_file_is_moved_judged_and_its_season_closed(chromium: Browser, tmp_path: Path) -> None:
    with Server(tmp_path / "ledger") as server:
        wrong, right = server.season("", 2019), server.season("", 2018)
        for number in (wrong, right):
            sheet = ("名录.csv", ROSTER.encode("utf-8-sig"), "text/csv")
            assert server.post(f"/seasons/{number}/roster", files={"file": sheet}).status_code == 200
        key = uuid.uuid4().hex
        server.hand_in(wrong, "甲.docx", version(0), key)
        [row] = server.settled(key)
        file = f"/submissions/{row['id']}"
        desk = Desk(chromium, server, "本机用户", "closing")
        page = desk.page
        page.on("dialog", lambda d: d.accept())

        # the file says 2018: what is filled in against it is asked about
        desk.go(f"{file}/profile")
        expect(page.locator(".said.ask")).to_contain_text("是否交错了")
        page.fill("[name=year]", "2019")
        page.select_option("[name=entry]", label=BODY)
        desk.press("保存并重新检查")
        expect(page.locator("form [role=alert]")).to_contain_text(
            "文件写的是 2018 年部门预算，您填的是 2019 年部门预算"
        )
        desk.look("contradicted")

        # it belongs to the other season
        page.select_option("[name=season]", label="2018 年部门预算")
        desk.press("移过去并重新检查")
        expect(page.get_by_role("status")).to_contain_text("已移到“2018 年部门预算”")
        desk.done("甲.docx", "待审核")
        desk.look("moved", wide=False)

        # lateness stands among the matters
        desk.go(file)
        card = page.locator("article.matter", has_text="名录里没有登记公开日期")
        expect(card).to_have_count(1)
        page.locator("article.matter").first.wait_for()
        for _ in range(10):  # with the keyboard, to the last
            page.keyboard.press("j")
        expect(card).to_have_class("matter warning now")
        desk.look("late")
        page.keyboard.press("c")
        expect(card.locator(".by")).to_have_text("已确认")
        desk.go(f"/seasons/{right}")
        expect(page.locator("tr", has_text=BODY)).to_contain_text("（已确认）")
        desk.look("board")
        desk.go(f"{file}/return")
        expect(page.locator("ol")).to_contain_text("名录里没有登记公开日期")
        desk.look("return")

        # another name, the end, and open again
        desk.go("/seasons")
        desk.look("seasons")
        page.locator("tr", has_text="2018 年部门预算").get_by_text("改名或结束").click()
        page.fill("[name=name]", "二〇一八年预算公开")
        desk.press("保存")
        expect(page.locator("h1")).to_contain_text("二〇一八年预算公开")
        desk.look("settings")
        desk.press("结束这一季")
        expect(page.locator(".closed")).to_contain_text("只能查看")
        desk.look("closed")
        for where, name in ((f"/seasons/{right}", "closed-board"), (file, "closed-review"), (f"/seasons/{right}/hand-in", "closed-hand-in")):  # fmt: skip
            desk.go(where)
            expect(page.locator(".closed")).to_contain_text("已于")
            expect(page.locator("#drop, .act, .button.main")).to_have_count(0)
            desk.look(name)
        desk.go(f"/seasons/{right}/settings")
        desk.press("重新打开这一季")
        expect(page.locator(".closed")).to_have_count(0)
        desk.go("/audit")
        for words in ("移到另一季", "结束公开季", "重新打开公开季", "修改公开季"):
            expect(page.locator("tbody td", has_text=words).first).to_be_visible()
        desk.look("audit", wide=False)
        desk.go(f"/seasons/{right}/statistics/lateness")
        expect(page.locator("main")).to_contain_text("确认逾期 1 个")
        assert desk.complaints == []
