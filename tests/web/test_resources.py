"""The pages of the resources: lists, one entry, taking in, differences, 一本账; who sees and changes what."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.web.conftest import Browser, MakeShop, Shop
from yibenzhang.resources.models import Entry
from yibenzhang.resources.proposing import Found, Harvest, propose
from yibenzhang.resources.schema import load_schema
from yibenzhang.resources.store import Doer

TABLE = "系统名称,主管单位,状态,年运行费用（万元）,费用年度,下线日期\n审批系统,青禾区审批局,在用,12.5,2026,\n旧门户,青禾区水利局,关停,3,2026,2024-05-01\n"
WRONG = TABLE + "某系统,某局,飞,,,\n"
ME = Doer(datetime(2026, 3, 1, tzinfo=UTC), "测试")


def send(browser: Browser, text: str, **more: Any) -> Any:
    return browser.raw(
        "/resource-import",
        data={"kind": "application", **more},
        files={"file": ("表.csv", text.encode())},
        headers={"X-CSRF": browser.mark()},
    )


def row(browser: Browser, name: str) -> dict[str, Any]:
    return next(r for r in browser.get("/resources.json").json()["rows"] if r["name"] == name)


def test_a_table_comes_in_or_every_row_says_why_not(desk: Shop) -> None:
    browser = desk.browser()
    told = send(browser, WRONG)
    assert told.status_code == 200 and "一行也没有写" in told.text and "第 4 行" in told.text
    assert browser.get("/resources.json").json()["total"] == 0
    assert "新增 2 条" in send(browser, TABLE).text
    assert "共 2 条" in browser.get("/resources").text
    assert row(browser, "审批系统")["values"]["running_cost"] == "125000"
    assert browser.get("/resources.csv").text.count("\r\n") == 3
    assert browser.get("/resources.json?kind=nothing").json()["total"] == 0
    assert browser.get("/resources.json?find=水利&kind=application").json()["total"] == 1


def test_a_workbook_goes_out_and_comes_in_again(desk: Shop) -> None:
    browser = desk.browser()
    send(browser, TABLE)
    data = browser.get("/resources.xlsx?kind=application").content
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None and sheet.max_row == 3
    answer = browser.raw(
        "/resource-import",
        data={"kind": "application"},
        files={"file": ("a.xlsx", data)},
        headers={"X-CSRF": browser.mark()},
    )
    assert "新增 0 条，修改 0 条，相同 2 条" in answer.text


def test_an_entry_is_changed_and_says_who(desk: Shop) -> None:
    browser = desk.browser()
    send(browser, TABLE)
    number = row(browser, "审批系统")["id"]
    page = browser.get(f"/resources/{number}")
    assert page.status_code == 200 and 'name="owner"' in page.text and "新增" in page.text
    assert browser.post(f"/resources/{number}", {"version": "1", "owner": "张三"}).status_code == 303
    late = browser.post(f"/resources/{number}", {"version": "1", "users": "7"})
    assert late.status_code == 409 and "责任人" in late.text
    assert browser.post(f"/resources/{number}", {"version": "2", "users": "许多"}).status_code == 409
    assert browser.post(f"/resources/{number}/move", {"action": "publish", "version": "2"}).status_code == 409
    for version, action in ((2, "check"), (3, "publish")):
        assert (
            browser.post(f"/resources/{number}/move", {"action": action, "version": version}).status_code
            == 303
        )
    told = browser.get(f"/resources/{number}.json").json()
    assert told["entry"]["state"] == "published" and told["problems"] == []
    assert [h["action"] for h in told["rows"]] == ["publish", "check", "change", "add"]
    assert told["rows"][2]["before"] == {"owner": None} and told["rows"][2]["after"] == {"owner": "张三"}
    assert browser.get(f"/resources/{number}.csv").status_code == 200


def test_dcat_holds_what_is_published(desk: Shop) -> None:
    browser = desk.browser()
    browser.raw(
        "/resource-import",
        data={"kind": "data_resource"},
        files={"file": ("a.csv", "资源名称,提供单位\n法人,某局\n人口,某局\n".encode())},
        headers={"X-CSRF": browser.mark()},
    )
    number = row(browser, "法人")["id"]
    for version, action in ((1, "check"), (2, "publish")):
        browser.post(f"/resources/{number}/move", {"action": action, "version": version})
    told = json.loads(browser.get("/resources.jsonld").content)
    assert [d["dct:title"]["@value"] for d in told["dcat:dataset"]] == ["法人"]


def test_differences_are_decided_on(desk: Shop) -> None:
    schema = load_schema()
    with desk.office.session() as session:
        found = tuple(Found("data_resource", {"name": n, "body": "某局"}) for n in ("甲", "乙", "丙"))
        propose(session, schema, Harvest("来源", found), ME)
    browser = desk.browser()
    rows = browser.get("/proposals.json").json()["rows"]
    assert [r["name"] for r in rows] == ["甲", "乙", "丙"]
    assert browser.post("/proposals", {"action": "accept"}).status_code == 409
    assert browser.post("/proposals", {"action": "accept", "numbers": rows[0]["id"]}).status_code == 303
    assert browser.post("/proposals", {"action": "refuse", "numbers": rows[1]["id"]}).status_code == 303
    assert browser.post("/proposals", {"action": "accept", "whole": "true"}).status_code == 303
    assert [r["name"] for r in browser.get("/resources.json").json()["rows"]] == ["甲", "丙"]
    assert "没有待定的差异" in browser.get("/proposals").text


def test_contradictions_and_the_account_of_a_body(desk: Shop) -> None:
    browser = desk.browser()
    send(browser, TABLE)
    [found] = browser.get("/contradictions.json").json()["rows"]
    assert (found["rule_id"], found["severity"], found["body"]) == (
        "application.withdrawn_cost",
        "error",
        "青禾区水利局",
    )
    assert (
        "旧门户" in browser.get("/contradictions").text
        and browser.get("/contradictions.csv").status_code == 200
    )
    assert browser.get("/account.json").json()["bodies"] == ["青禾区审批局", "青禾区水利局"]
    told = browser.get("/account.json?body=青禾区水利局").json()
    assert [c["rule"] for c in told["contradictions"]] == ["application.withdrawn_cost"]
    assert any("没有给账本" in u for u in told["unknown"])
    page = browser.get("/account?body=青禾区水利局").text
    assert "在账的应用系统" in page and "不知道：" in page and "YY000002" in page
    assert browser.get("/account.csv?body=青禾区水利局").status_code == 200
    assert browser.get("/account?body=没有的局").status_code == 404
    assert browser.get("/quality").status_code == browser.get("/quality.json").status_code == 200


def test_a_department_sees_and_changes_its_own_drafts_only(shop: Shop) -> None:
    shop.person("水利", body="青禾区水利局")
    shop.person("无主", body="云杉区林业局")
    reviewer, mine, nobody = shop.client("审核人"), shop.client("水利"), shop.client("无主")
    assert "新增 2 条" in send(reviewer, TABLE).text
    assert send(mine, TABLE).status_code == 403
    rows = {r["name"]: r["id"] for r in reviewer.get("/resources.json").json()["rows"]}
    assert [r["name"] for r in mine.get("/resources.json").json()["rows"]] == ["旧门户"]
    assert (
        nobody.get("/resources.json").json()["rows"] == []
        and nobody.get("/account.json").json()["bodies"] == []
    )
    theirs, own = rows["审批系统"], rows["旧门户"]
    for answer in (
        mine.get(f"/resources/{theirs}"),
        mine.post(f"/resources/{theirs}", {"version": "1", "owner": "x"}),
        mine.get("/account?body=青禾区审批局"),
    ):
        assert answer.status_code == 404
    assert mine.post(f"/resources/{own}", {"version": "1", "owner": "李四"}).status_code == 303
    assert mine.post(f"/resources/{own}", {"version": "2", "body": "青禾区审批局"}).status_code == 409
    assert mine.post(f"/resources/{own}/move", {"action": "check", "version": "2"}).status_code == 403
    assert reviewer.post(f"/resources/{own}/move", {"action": "check", "version": "2"}).status_code == 303
    assert mine.post(f"/resources/{own}", {"version": "3", "owner": "王五"}).status_code == 409
    assert mine.post("/proposals", {"action": "accept", "whole": "true"}).status_code == 403
    with shop.office.session() as session:
        assert session.get_one(Entry, own).values["owner"] == "李四"
    assert "审批系统" not in mine.get("/resources.xlsx?kind=application").text


def test_the_account_takes_its_money_from_the_ledger(
    make_shop: MakeShop, tmp_path: Path, database: str
) -> None:
    if database:
        pytest.skip("the ledger is the same beside every database")
    from tests.conftest import EXAMPLES
    from yibenzhang.ledger.ingesting import Origin, ingest
    from yibenzhang.ledger.store import Ledger

    ledger = Ledger(tmp_path / "analyses")
    list(ingest(ledger, [str(EXAMPLES / "hubei-clean.txt")], "2026-03-01T00:00:00+00:00", Origin({}), jobs=1))
    desk = make_shop(accounts=False, hosts=(), analyses=str(tmp_path / "analyses"))
    browser = desk.browser()
    [body] = browser.get("/account.json").json()["bodies"]
    told = browser.get(f"/account.json?body={body}").json()
    money = [r for r in told["rows"] if r["section"] == "money" and r["value"]]
    assert money and all("hubei-clean.txt 第" in r["cite"] for r in money)
    assert all(r["printed"].endswith("元") for r in money)
