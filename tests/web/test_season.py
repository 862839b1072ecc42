"""A whole season in Debian's Chromium: roster, handing in, reviewing with the keyboard, returning, closing."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.conftest import ROOT
from tests.scanning import images, packed
from tests.web.browsing import Desk
from tests.web.conftest import PASSWORD, wait_for
from tests.web.serving import Server
from yibenzhang.reading.extra import installed

EXAMPLES = ROOT / "examples"
BODY, OTHER, LATE = "江苏省湖荡保护厅", "江苏省云水厅", "江苏省竹林局"
ROSTER = f"""单位名称,单位编码,主管部门,批复日期,联系人
{BODY},301001,,2018-02-01,甲
{BODY}监测中心,301002,{BODY},2018-02-01,乙
{OTHER},302001,,2018-02-01,丙
{LATE},303001,,2018-02-01,丁
"""


def _user(server: Server, database: str, name: str, role: str, body: str = "") -> None:
    where = ["--folder", str(server.folder), *(["--database", database] if database else [])]
    command = [
        sys.executable,
        "-c",
        "from yibenzhang.cli import main; main()",
        "user",
        "add",
        name,
        "--role",
        role,
    ]
    command += [*(["--body", body] if body else []), "--password-stdin", *where]
    subprocess.run(command, input=PASSWORD.encode(), check=True, cwd=ROOT, timeout=60)


def test_a_whole_season(chromium: Browser, database: str, tmp_path: Path) -> None:
    label = "postgres" if database else "sqlite"
    options = ("--accounts", *(("--database", database) if database else ()))
    server = Server(tmp_path / "ledger", options)
    _user(server, database, "负责人", "head")
    _user(server, database, "审核人", "reviewer")
    with server:
        head = Desk(chromium, server, "负责人", label)
        head.log_in()

        # the season and its roster
        head.page.fill("[name=year]", "2018")
        head.press("建立")
        expect(head.page.locator("h1")).to_contain_text("名录")
        roster = tmp_path / "名录.csv"
        roster.write_text(ROSTER, encoding="utf-8-sig")
        head.page.set_input_files("[name=file]", str(roster))
        head.press("导入")
        expect(head.page.get_by_role("status")).to_contain_text("新增 4 个单位")
        head.look("roster")
        head.follow("看板")
        expect(head.page.locator(".tile.late")).to_contain_text("4")
        head.look("board-empty", wide=False)
        _user(server, database, "湖荡厅", "department", BODY)

        # a department hands in its file and sees nobody else's
        theirs = Desk(chromium, server, "湖荡厅", label)
        theirs.log_in()
        expect(theirs.page.locator("table.board")).to_contain_text(BODY)
        expect(theirs.page.locator("table.board")).not_to_contain_text(OTHER)
        theirs.follow("交文件")
        theirs.hand_in(EXAMPLES / "jiangsu-three-errors.pdf")
        theirs.done("jiangsu-three-errors.pdf", "待审核")
        expect(theirs.row("jiangsu-three-errors.pdf")).to_contain_text("2018 年部门预算")
        theirs.look("handed-in")

        # the reviewer hands in a scan for another body and a broken file
        desk = Desk(chromium, server, "审核人", label)
        desk.log_in()
        broken = tmp_path / "broken.pdf"
        broken.write_bytes((EXAMPLES / "jiangsu-clean.pdf").read_bytes()[:3000])
        desk.follow("交文件")
        packed_up = tmp_path / "打包.zip"
        with zipfile.ZipFile(packed_up, "w") as box:
            box.write(broken, "资料/broken.pdf")
        desk.drop(packed_up)
        desk.done("broken.pdf", "无法读取")
        if installed():
            scan = tmp_path / "scan.tiff"
            scan.write_bytes(packed(images(EXAMPLES / "jiangsu-clean.pdf", [1, 4], 150), "TIFF", 150))
            desk.go("/seasons/1")
            desk.page.locator("tr", has_text=OTHER).get_by_text("代交").click()
            desk.hand_in(scan)
            expect(desk.row("scan.tiff").locator("progress")).to_be_visible(timeout=20_000)
            desk.done("scan.tiff", "待确认")
            expect(desk.row("scan.tiff")).to_contain_text("与指定的")
            desk.look("asked", wide=False)
            desk.row("scan.tiff").get_by_text("确认单位").click()
            desk.look("whose")
            desk.press("保存并重新检查")
            expect(desk.row("scan.tiff").locator(".status")).not_to_have_text("待确认", timeout=150_000)
            expect(desk.row("scan.tiff").locator("progress")).to_have_count(0, timeout=150_000)

        # reviewing with the keyboard
        desk.go("/seasons/1")
        desk.look("board")
        desk.paper("board")
        desk.page.locator("tr", has_text=BODY).get_by_role("link", name="审核", exact=True).click()
        page, cards = desk.page, desk.page.locator("article.matter")
        expect(cards).to_have_count(4)
        expect(cards.nth(3)).to_contain_text(
            "名录里没有登记公开日期"
        )  # by its dates, after what the file says
        expect(cards.nth(0)).to_have_class("matter error now")
        expect(page.locator("rect.culprit")).to_have_count(1)
        wait_for(
            lambda: bool(
                page.evaluate("[...document.images].some((i) => i.complete && i.naturalWidth > 1000)")
            )
        )
        desk.look("review")
        page.keyboard.press("c")
        expect(cards.nth(0)).to_contain_text("已确认")
        expect(cards.nth(1)).to_have_class("matter error now")
        page.keyboard.press("x")
        expect(page.locator("dialog#dismiss")).to_be_visible()
        desk.look("dismissing", wide=False)
        page.keyboard.press("2")
        expect(cards.nth(1)).to_contain_text("原文有说明")
        expect(cards.nth(2)).to_have_class("matter error now")
        page.keyboard.press("k")
        page.keyboard.press("u")
        expect(cards.nth(1)).to_have_attribute("data-verdict", "")
        page.keyboard.press("c")
        expect(cards.nth(1)).to_contain_text("已确认")
        page.keyboard.press("c")
        expect(cards.nth(2)).to_contain_text("已确认")
        expect(cards.nth(3)).to_have_class("matter warning now")
        page.keyboard.press("c")
        expect(cards.nth(3)).to_contain_text("已确认")

        # a number and what proves it
        page.locator("rect.n.proved").first.click()
        expect(page.locator("#proof")).to_contain_text("已印证")
        desk.look("proof", wide=False)
        page.keyboard.press("Escape")

        # a defect that was missed, marked on the page
        page.keyboard.press("j")
        page.keyboard.press("m")
        sheet = page.locator(".leaf").nth(1).locator(".sheet")
        sheet.scroll_into_view_if_needed()
        sheet.locator("svg.marks").wait_for(state="attached")
        box = page.locator("#paper").bounding_box()
        assert box
        page.mouse.move(box["x"] + 120, box["y"] + 120)
        page.mouse.down()
        page.mouse.move(box["x"] + 420, box["y"] + 260, steps=4)
        page.mouse.up()
        expect(page.locator("dialog#defect")).to_be_visible()
        page.fill("dialog#defect textarea", "这里缺一段说明")
        page.click("dialog#defect button.main")
        expect(cards).to_have_count(5)
        expect(cards.nth(4)).to_contain_text("人工补充")

        # what could not be checked, ticked off by a person
        page.click("#tab-u")
        ticks = page.locator("#unchecked input[type=checkbox]")
        if ticks.count():
            ticks.first.check()
            expect(page.locator("#ticked")).to_contain_text("1/")
        desk.look("unchecked", wide=False)
        desk.paper("review")

        # back to the department
        page.keyboard.press("r")
        expect(page.locator("h1")).to_contain_text("退回")
        desk.look("returning")
        page.click("#send")
        expect(page.locator("h1")).to_contain_text("通知")
        desk.look("notice", wide=False)
        for kind in ("Word", "PDF"):
            if page.get_by_text(f"下载 {kind}").count():
                with page.expect_download() as got:
                    page.get_by_text(f"下载 {kind}").click()
                assert got.value.path().stat().st_size > 5000
        desk.go("/seasons/1")
        expect(desk.page.locator("tr", has_text=BODY).first).to_contain_text("已退回")

        # the department reads it and hands in the corrected file
        theirs.go("/")
        theirs.page.locator("tr", has_text=BODY).first.get_by_role("link").first.click()
        theirs.page.locator("text=〔").first.click()
        theirs.look("notice", wide=False)
        theirs.follow("交改正后的文件")
        theirs.hand_in(EXAMPLES / "jiangsu-clean.pdf")
        theirs.done("jiangsu-clean.pdf", "待审核")

        # three are mended; the one a person added is asked about, and with its answer the round closes by itself
        desk.go("/seasons/1")
        desk.page.locator("tr", has_text=BODY).first.get_by_role("link", name="审核", exact=True).click()
        desk.follow("与上一版比较")
        expect(desk.page.locator(".tile.clean")).to_contain_text("3")
        desk.look("changes")
        desk.follow("审核这一版")
        expect(desk.page.locator("article.matter", has_text="请看是否已改")).to_have_count(1)
        desk.page.get_by_role("button", name="已改好").click()
        expect(desk.page.locator("#closing")).to_contain_text("已通过")
        desk.go("/seasons/1")
        expect(desk.page.locator("tr", has_text=BODY).first).to_contain_text("已通过")
        desk.look("board-end")
        desk.go("/seasons/1/statistics")
        desk.look("statistics")
        desk.paper("statistics")
        for name in ("/seasons", "/entries/1", "/me"):
            desk.go(name)
            desk.look(name.strip("/").replace("/", "-"), wide=False)
        head.go("/template")
        head.look("template", wide=False)
        head.go("/audit")
        head.look("audit", wide=False)
        for person in (head, theirs, desk):
            assert person.complaints == [], person.name
            person.context.close()
