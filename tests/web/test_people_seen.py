"""The first day of a bureau in Debian's Chromium: accounts for all departments in one click, and their first login."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.web.browsing import OWN, Desk
from tests.web.serving import Server
from tests.web.test_season import BODY, OTHER, ROSTER, _user

LIST = f"账号,姓名,角色,单位\nli.si,李四,审核人,\nwang,王五,国王,\nzhao,赵六,部门,{OTHER}\n"


def test_the_first_day(chromium: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "ledger", ("--accounts",))
    _user(server, "", "管理", "administrator")
    with server:
        desk = Desk(chromium, server, "管理", "people")
        desk.log_in()
        page = desk.page

        # a season and its roster, then an account for each department
        page.fill("[name=year]", "2018")
        desk.press("建立")
        roster = tmp_path / "名录.csv"
        roster.write_text(ROSTER, encoding="utf-8-sig")
        page.set_input_files("[name=file]", str(roster))
        desk.press("导入")
        expect(page.get_by_role("status")).to_contain_text("新增 4 个单位")
        desk.follow("用户")
        desk.look("users-before")
        page.get_by_role("button", name="给名录里还没有账号的部门各建一个").click()
        expect(page.get_by_role("status")).to_contain_text("初始密码只在这一页里")
        expect(page.locator("tbody tr")).to_have_count(3)
        desk.look("accounts-made")
        with page.expect_download() as got:
            page.get_by_role("link", name="下载初始密码").click()
        assert got.value.suggested_filename == "初始密码.csv"
        told = Path(got.value.path()).read_text(encoding="utf-8-sig")
        handed = {r["账号"]: r["初始密码"] for r in csv.DictReader(io.StringIO(told))}
        assert BODY in handed and len(handed) == 3

        # a list of which one line is refused
        desk.go("/users")
        sheet = tmp_path / "账号.csv"
        sheet.write_text(LIST, encoding="utf-8-sig")
        page.set_input_files("[name=file]", str(sheet))
        desk.press("导入")
        expect(page.locator("main")).to_contain_text("第 3 行：不认识角色“国王”")
        desk.look("accounts-imported", wide=False)
        page.get_by_role("link", name="回到用户").click()
        expect(page.locator("tr", has_text="li.si")).to_contain_text("待改初始密码")
        page.locator("tr", has_text="li.si").get_by_text("修改").click()
        desk.look("users")

        # a department begins with what it was handed
        theirs = Desk(chromium, server, BODY, "people")
        theirs.log_in(handed[BODY])
        theirs.go("/me")
        theirs.look("me")
        theirs.press("退出")
        expect(theirs.page.locator("h1")).to_have_text("登录")
        theirs.page.fill("[name=name]", BODY)
        theirs.page.fill("[name=password]", OWN)
        theirs.page.click("main form button")
        expect(theirs.page.locator("header.top")).to_contain_text("看板")
        page.reload()
        expect(page.locator("tr", has_text=BODY).first).not_to_contain_text("待改初始密码")
        assert desk.complaints == [] and theirs.complaints == []
