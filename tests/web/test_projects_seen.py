"""A project in Debian's Chromium: from a published budget through contracts and payments with bad rows, monitoring at
mid-year and self-assessment to the Word files."""

from __future__ import annotations

import io
import json
from pathlib import Path

from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from tests.conftest import ROOT
from tests.unit.test_projects import NOW
from tests.web.browsing import Desk
from tests.web.serving import Server
from yibenzhang.ledger.ingesting import Origin, ingest
from yibenzhang.ledger.store import Ledger

GOALS = ROOT / "src/yibenzhang/standards/cases/forms/goals.txt"
CLOUD = "政务云租赁"
CONTRACTS = """合同编号,项目名称,单位,乙方,签约日期,合同金额（万元）
HT-1,政务云租赁,青石区数据局本级,甲公司,2026-02-10,100
HT-2,政务云租赁,青石区数据局本级,乙公司,2026-03-05,六十
HT-3,,青石区数据局本级,乙公司,2026-13-01,58.5
HT-1,门户网站运维,青石区数据局本级,丙公司,2026-03-08,40
HT-4,门户网站运维,青石区数据局本级,丙公司,2026-03-09,55
"""
PAYMENTS = """凭据,干什么,哪天,多少（元）,给谁
ZF-1,政务云租赁,2026-01-15,300000,甲公司
ZF-2,政务云租赁,2026-06-15,300000,甲公司
"""


def _ledger(folder: Path) -> Ledger:
    made = Ledger(folder)
    list(ingest(made, [str(GOALS)], NOW, Origin({}), jobs=1))
    return made


def _import(page: Page, desk: Desk, kind: str, name: str, text: str, body: str = "") -> None:
    desk.go("/project-import")
    page.locator("[name=kind]").select_option(kind)
    if body:
        page.fill("[name=body]", body)
    page.set_input_files("[name=file]", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    desk.press("看一看")


def test_from_a_budget_to_the_word_files(chromium: Browser, tmp_path: Path) -> None:
    ledger = _ledger(tmp_path / "analyses")
    server = Server(tmp_path / "ledger", ("--ledger", str(ledger.folder)))
    with server:
        desk = Desk(chromium, server, "", "projects")
        page = desk.page
        desk.go("/projects")
        expect(page.locator("main")).to_contain_text(CLOUD)
        desk.look("list", narrow=True)
        desk.follow(CLOUD)
        expect(page.locator("main")).to_contain_text("云平台可用率")
        desk.look("project", narrow=True)

        # three bad rows: nothing is taken; the rest is, when a person says so
        _import(page, desk, "contract", "合同.csv", CONTRACTS)
        refused = page.locator(".said.ask li")
        expect(refused).to_have_count(3)
        expect(refused.nth(0)).to_contain_text("第 3 行")
        expect(refused.nth(0)).to_contain_text("不是数")
        expect(refused.nth(1)).to_contain_text("没有写项目名称")
        expect(refused.nth(2)).to_contain_text("合同编号相同")
        desk.look("import-refused", narrow=True)
        desk.press("导入")
        expect(page.locator(".said.ask").first).to_contain_text("整份没有导入")
        page.get_by_label("只收其余的").check()
        desk.press("导入")
        expect(page.get_by_role("status").first).to_contain_text("合同 2 行")

        # headings that nobody knows are put right on the page
        _import(page, desk, "payment", "支付.csv", PAYMENTS, "青石区数据局本级")
        expect(page.get_by_role("status").first).to_contain_text("一列也认不出")
        for heading, field in (
            ("凭据", "number"),
            ("干什么", "name"),
            ("哪天", "date"),
            ("多少（元）", "amount"),
            ("给谁", "supplier"),
        ):
            page.get_by_label(f"{heading} 当作").select_option(field)
        desk.press("按这样的列名再看")
        expect(page.locator("main")).to_contain_text("能收 2 行，不能收 0 行")
        desk.look("import-mapped", wide=False)
        desk.press("导入")
        expect(page.get_by_role("status").first).to_contain_text("支付 2 行")
        desk.look("imported", wide=False, narrow=True)

        # what is to be asked: paid before the contract was signed
        desk.go("/projects-portfolio")
        expect(page.locator("main")).to_contain_text("早于合同签订的2026-02-10")
        desk.look("asked", narrow=True)
        desk.go("/projects-summary")
        desk.look("summary", narrow=True)

        # mid-year: money and goals
        desk.go("/projects")
        desk.follow(CLOUD)
        desk.follow("年中监控")
        page.fill("[name=date]", "2026-06-30")
        assert page.input_value("[name=executed]") == "60"
        _fill(page, {"云上系统数量": "60个", "云平台可用率": "99.5%"})
        desk.press("算一算")
        expect(page.locator(".tiles")).to_contain_text("49.59%")
        expect(page.locator("tr", has=page.locator("input[value='云平台可用率']"))).to_contain_text("已完成")
        expect(page.locator("tr", has=page.locator("input[value='云上系统数量']"))).to_contain_text("正常")
        desk.press("保存")
        expect(page.get_by_role("status").first).to_contain_text("已保存监控")
        desk.look("monitoring", narrow=True)

        # the year's end: points of the method beside the body's own
        desk.follow("项目页")
        desk.follow("年度自评")
        page.locator("[name=year]").first.select_option("2026")
        desk.press("打开")
        page.fill("[name=date]", "2027-01-20")
        page.fill("[name=executed]", "171")
        page.fill("[name=execution_given]", "9.5")
        lines = page.locator("table.entry tbody tr")
        for n in range(lines.count()):
            weight = page.input_value(f"[name=weight-{n}]")
            page.fill(
                f"[name=actual-{n}]", page.input_value(f"[name=target-{n}]").strip("≥≤=") or "达成预期指标"
            )
            page.fill(f"[name=given-{n}]", weight)
            page.fill(f"[name=evidence-{n}]", "运行月报")
        _fill(page, {"云平台可用率": "89.1%"})
        page.fill("[name=progress]", "云平台全年平稳。")
        desk.press("保存")
        expect(page.get_by_role("status").first).to_contain_text("已保存自评")
        expect(page.locator("tr", has=page.locator("input[value='云平台可用率']"))).to_contain_text(
            "没有达到目标，按比例得"
        )
        expect(page.locator("main")).to_contain_text("全年预算数为180万元，执行数为171万元，完成预算的95%")
        desk.look("assessment", narrow=True)

        with page.expect_download() as got:
            page.get_by_role("link", name="自评报告（Word）").click()
        said = "\n".join(p.text for p in Document(str(got.value.path())).paragraphs)
        assert "执行率95%" in said and "【请填写：原因】" in said and "云平台全年平稳" in said
        with page.expect_download() as got:
            page.get_by_role("link", name="自评表（Word）").click()
        table = Document(str(got.value.path())).tables[1]
        assert any("云平台可用率" in c.text for r in table.rows for c in r.cells)
        with page.expect_download() as got:
            page.get_by_role("link", name="Excel", exact=True).click()
        sheet = load_workbook(io.BytesIO(got.value.path().read_bytes())).active
        assert sheet is not None and sheet["A1"].value == "项目支出绩效自评表"

        # the project now has all of it, and a view of the list is kept
        desk.follow("项目页")
        for words in ("绩效监控", "绩效自评", "合同", "支付", "171"):
            expect(page.locator("main")).to_contain_text(words)
        desk.look("project-whole", narrow=True)
        desk.go("/projects?find=云&year=2026")
        page.fill("[aria-label='视图的名称']", "云")
        desk.press("保存视图")
        expect(page.get_by_role("link", name="云", exact=True)).to_be_visible()
        desk.look("list-view", wide=False)
        told = json.loads(page.request.get(desk.base + "/projects.json?find=云").text())
        assert told["rows"][0]["paid"] == "600000"
        assert desk.complaints == []


def _fill(page: Page, results: dict[str, str]) -> None:
    for name, actual in results.items():
        row = page.locator("table.entry tbody tr", has=page.locator(f"input[value='{name}']"))
        row.locator("[name^=actual]").fill(actual)
