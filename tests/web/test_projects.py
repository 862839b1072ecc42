"""The pages of the projects: the table, a time line, what is to be asked; who sees which body."""

from __future__ import annotations

from pathlib import Path

from tests.unit.test_projects import ACCOUNTS, BUDGET, CONTRACTS, NOW
from tests.web.conftest import MakeShop
from yibenzhang.ledger.ingesting import Origin, ingest
from yibenzhang.ledger.store import Ledger
from yibenzhang.projects.importing import form_of, read_rows, take


def test_projects_as_pages_and_as_data(make_shop: MakeShop, tmp_path: Path, database: str) -> None:
    for name, text in (("决算.txt", ACCOUNTS), ("预算.txt", BUDGET)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    ledger = Ledger(tmp_path / "analyses")
    list(ingest(ledger, [str(tmp_path / "决算.txt"), str(tmp_path / "预算.txt")], NOW, Origin({}), jobs=1))
    for kind, text in (
        ("contract", CONTRACTS),
        ("payment", "项目名称,支付日期,支付金额（元）\n云平台租用,2024-01-15,200000\n"),
    ):
        data = text.encode()
        take(ledger.folder, read_rows(data, form_of(kind), "示范市数据局"), data, f"{kind}.csv", NOW)
    browser = make_shop(accounts=False, hosts=(), analyses=str(ledger.folder)).browser()
    told = browser.get("/projects.json").json()
    assert told["total"] == 3
    cloud = next(r for r in told["rows"] if r["name"] == "云平台租用")
    assert (cloud["contracted"], cloud["executed"], cloud["approved"]) == ("1000000", "1185000", "")
    page = browser.get("/projects").text
    assert "政务热线运行费" in page and "共 3 个" in page
    assert browser.get("/projects.json?year=2026").json()["total"] == 2
    assert browser.get("/projects.json?find=热线").json()["total"] == 1
    one = browser.get(f"/project?chosen={cloud['id']}")
    assert "118.5万元" in one.text and "contract.csv 第2行" in one.text
    assert len(browser.get(f"/project.json?chosen={cloud['id']}").json()["rows"]) == 5
    assert "payment.csv" in browser.get(f"/project.csv?chosen={cloud['id']}").text
    assert browser.client.get("/project?chosen=nothing").status_code == 404
    assert "早于合同签订" in browser.get("/projects-portfolio").text
    assert len(browser.get("/projects-portfolio.json").json()["rows"]) == 1


def test_without_a_ledger_there_are_no_projects(make_shop: MakeShop, database: str) -> None:
    browser = make_shop(accounts=False, hosts=()).browser()
    assert browser.get("/projects.json").json()["total"] == 0
    assert browser.get("/projects-portfolio").status_code == 200
