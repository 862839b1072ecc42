"""A head of the bureau configures an assessment in Debian's Chromium: by hand on the page, scored for two months, drawn,
changed, and an old score worked out again."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.web.browsing import Desk
from tests.web.serving import Server
from yibenzhang.evidence.packs import pack
from yibenzhang.evidence.samples import write_sample
from yibenzhang.ledger.store import Ledger
from yibenzhang.supervision.store import Assessments

NAME = "监管效能"


def measure(
    page: Page, k: int, name: str, table: str, above: str, below: str, weight: str, scale: tuple[str, str]
) -> None:
    page.fill(f"[name=name-{k}]", name)
    page.locator(f"[name=table-{k}]").select_option(label=table)
    page.fill(f"[name=above-where-{k}]", above)
    page.locator(f"[name=below-what-{k}]").select_option(label="行数")
    page.fill(f"[name=below-where-{k}]", below)
    for field, value in zip(("weight", "zero", "full"), (weight, *scale), strict=True):
        page.fill(f"[name={field}-{k}]", value)


def test_configured_scored_drawn_changed_and_repeated(chromium: Browser, tmp_path: Path) -> None:
    folder = Ledger(tmp_path / "analyses").folder
    write_sample(pack("supervision"), folder / "mappings")
    with Server(tmp_path / "ledger", ("--ledger", str(folder))) as server:
        desk = Desk(chromium, server, "", "supervision")
        page = desk.page
        desk.go("/evidence")
        desk.follow("效能评估")
        expect(page.locator("main")).to_contain_text("还没有评估方案")
        desk.follow("新的方案")
        desk.press("下一步")
        page.fill("[name=name]", NAME)
        for column in ("body", "field"):
            page.check(f"[name=dimensions][value={column}]")
        measure(page, 0, "公示率", "监管行为", "结果公示时间 不空", "", "60", ("50", "100"))
        measure(
            page,
            1,
            "按时反馈率",
            "风险预警线索",
            "反馈时间 ≤ 反馈时限",
            "反馈时限 ＜ 时段末",
            "40",
            ("50", "100"),
        )
        desk.look("form", narrow=True)
        desk.press("保存为新的一版")
        expect(page.locator("main [role=status]")).to_contain_text("第 1 版")
        for period in ("2026-03", "2026-04"):
            page.fill("[name=period]:not(select)", period)
            desk.press("算一次")
            expect(page.locator("h1")).to_contain_text(period)
        expect(page.locator("figure.chart")).to_have_count(2)
        desk.look("ranking", narrow=True)
        first = page.locator("main table.wide tbody tr").first.inner_text()
        page.locator("select[name=dimension]").select_option(label="监管领域")
        desk.press("查找")
        expect(page.locator("main table.wide").first).to_contain_text("食品安全")

        desk.follow("修改")
        page.fill("[name=weight-0]", "5")
        desk.press("保存为新的一版")
        page.fill("[name=period]:not(select)", "2026-04")
        desk.press("算一次")
        expect(page.locator("h1")).to_contain_text("第 2 版")
        assert page.locator("main table.wide tbody tr").first.inner_text() != first
        page.get_by_role("link", name="2", exact=True).click()
        expect(page.locator("h1")).to_contain_text("第 1 版")
        assert page.locator("main table.wide tbody tr").first.inner_text() == first
        page.locator("tr", has=page.locator("[aria-current=true]")).get_by_role("button").click()
        expect(page.locator("main [role=status]")).to_contain_text("一个不差")
        desk.look("repeated")
        assert [v.number for v in Assessments(folder).versions(NAME)] == [1, 2]
        assert not desk.complaints
