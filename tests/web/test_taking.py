"""What the workbench analysed goes into the ledger as it is stored; which names are one body is said on a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from tests.unit.test_ledger import disclosure, put, taken
from tests.web.conftest import Browser, MakeShop, Shop, wait_for
from tests.web.working import BODY, checked, example, hand_in, season, work
from yibenzhang.cli import app
from yibenzhang.ledger import index
from yibenzhang.ledger.asking import answer
from yibenzhang.ledger.ingesting import Origin, ingest
from yibenzhang.ledger.store import Ledger
from yibenzhang.office.taker import Taker
from yibenzhang.portal.app import create

FILE = "jiangsu-three-errors.pdf"
ADDRESS = "https://www.example.gov.cn/2018.html"
PUBLISHED = f"单位,预算批复日期,实际公开日期,公开网址\n{BODY},2018-01-20,2018-02-05,{ADDRESS}\n"


def rows(ledger: Ledger, table: str) -> tuple[Any, ...]:
    return answer(ledger, f"SELECT * FROM {table} ORDER BY ALL").rows


def published(make_shop: MakeShop, ledger: Ledger) -> tuple[Shop, Browser]:
    """A workbench whose roster says that what was handed in is published."""
    shop = make_shop(accounts=False, hosts=(), analyses=str(ledger.folder))
    desk = shop.browser()
    number = season(shop, desk, roster=PUBLISHED)
    assert checked(shop, desk, number, FILE).state == "review"
    hand_in(desk, number, "草稿.pdf", example(FILE), draft=True)
    work(shop)
    return shop, desk


def test_what_was_analysed_is_taken_and_not_analysed_again(
    make_shop: MakeShop, tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path / "账本")
    shop, desk = published(make_shop, ledger)
    monkeypatch.setattr("yibenzhang.checking.check.check_document", None)  # nobody may check now
    assert "1 份。收进去用的是" in desk.get("/ledger-bodies").text
    assert desk.post("/ledger-take").status_code == 303
    assert "账本里都有了" in desk.get("/ledger-bodies").text
    monkeypatch.undo()

    [document] = answer(ledger, "SELECT body, year, address, published, path FROM documents").rows
    assert document[:4] == (BODY, 2018, ADDRESS, "2018-02-05")
    assert Path(document[4]).name == FILE
    source = ledger.sources()[0]

    # what ingest makes of the same file is the same, and it is known now
    given = tmp_path / "文件" / FILE
    given.parent.mkdir()
    given.write_bytes(example(FILE))
    other = Ledger(tmp_path / "另一个")
    list(ingest(other, [str(given)], "2026-03-01", Origin({}), jobs=1))
    for table in ("facts", "figures", "relations", "terms", "issues", "evidence", "passages", "statements"):
        assert rows(ledger, table) == rows(other, table), table
    assert (source.sha256, source.document) == (other.sources()[0].sha256, other.sources()[0].document)
    [again] = ingest(ledger, [str(given)], "2026-03-01", Origin({}), jobs=1)
    assert (again.files, again.known) == (0, 1)

    # people see it: in the workbench, in the portal, and with the picture of its page
    assert BODY in desk.get("/account").text
    index.refresh(ledger)
    portal = TestClient(create(ledger))
    page = portal.get(f"/body/{BODY}").text
    assert "2018" in page
    number = next(x.split('"')[0] for x in page.split('href="') if x.startswith("/number/"))
    assert "<img" in portal.get(number).text


def test_the_command_takes_what_counts_once(
    make_shop: MakeShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YIBENZHANG_DATABASE", raising=False)
    ledger = Ledger(tmp_path / "账本")
    shop, desk = published(make_shop, ledger)
    other = season(shop, desk, year=2019, roster=f"单位\n{BODY}\n")
    checked(shop, desk, other, "clean.docx", entry=None)
    settings = shop.office.settings
    run = ["ledger", "take", str(settings.folder), "--database", settings.database, "-l", str(ledger.folder)]
    for said in ("收进 1 份公开文件，0 份以前收过", "收进 0 份公开文件，1 份以前收过"):
        told = CliRunner().invoke(app, run)
        assert told.exit_code == 0 and said in told.output, told.output
    assert len(ledger.sources()) == 1  # no draft, and nothing that is not published
    for file in (settings.folder / "analyses").rglob("*.analysis"):
        file.write_bytes(file.read_bytes()[:100])
    assert CliRunner().invoke(app, [*run[:-1], str(tmp_path / "新")]).exit_code == 2
    assert CliRunner().invoke(app, ["ledger", "take", str(tmp_path), "-l", str(ledger.folder)]).exit_code == 2


def test_it_is_taken_by_itself_and_only_where_something_changed(
    make_shop: MakeShop, tmp_path: Path, database: str
) -> None:
    ledger = Ledger(tmp_path / "账本")
    shop, desk = published(make_shop, ledger)
    taker = Taker(shop.office.database, shop.office.ledger, ledger.folder)
    found = taker.look()
    assert found and (found.disclosures, found.left) == (1, ())
    assert "账本里都有了" in desk.get("/ledger-bodies").text
    assert taker.look() is None
    other = season(shop, desk, year=2019, roster=f"单位\n{BODY}\n")  # handed in, but not published
    checked(shop, desk, other, "clean.docx", entry=None)
    assert taker.look() is None and len(ledger.sources()) == 1


def test_a_ledger_that_cannot_be_written_is_told_once_and_tried_again(
    make_shop: MakeShop, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path / "账本")
    shop, _ = published(make_shop, ledger)
    monkeypatch.setattr("yibenzhang.office.taker.SECONDS", 0.01)
    add, calls = Ledger.add, []

    def full(self: Ledger, *given: Any) -> str:
        calls.append(1)
        if len(calls) < 4:
            raise OSError(28, "No space left on device")
        return add(self, *given)

    monkeypatch.setattr(Ledger, "add", full)
    taker = Taker(shop.office.database, shop.office.ledger, ledger.folder)
    taker.start()
    wait_for(lambda: len(ledger.sources()) == 1, 30)
    taker.stop()
    assert sum("写不进去" in r.message for r in caplog.records) == 1


def test_bodies_are_confirmed_and_undone_on_a_page(make_shop: MakeShop, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "账本")
    for year, name in ((2025, "示范市行政审批局"), (2026, "示范市数据局")):
        text = disclosure(year).replace("示范市数据局", name)
        taken(ledger, put(tmp_path / str(year), f"{year}.txt", text))
    desk = make_shop(accounts=False, hosts=(), analyses=str(ledger.folder)).browser()
    pair = {"one": "示范市行政审批局", "other": "示范市数据局"}

    def whose() -> set[str]:
        return {who for (who,) in answer(ledger, "SELECT who FROM documents").rows}

    assert len(whose()) == 2
    assert desk.post("/ledger-bodies", {**pair, "action": "same", "why": "三定方案"}).status_code == 303
    assert whose() == {"示范市数据局"}
    page = desk.get("/ledger-bodies").text
    assert "三定方案" in page and "撤销" in page and "合在一起的名称" in page
    assert desk.get("/ledger-bodies.json").json()["rows"][0]["holds"] == "是同一个单位"
    assert desk.post("/ledger-bodies", {**pair, "action": "undo"}).status_code == 303
    assert len(whose()) == 2 and len(ledger.decisions()) == 2  # nothing that was said is changed
    for wrong in ({"action": "perhaps"}, {"other": "没有的局"}, {"other": pair["one"]}):
        assert desk.post("/ledger-bodies", {**pair, "action": "same", **wrong}).status_code >= 400
    assert len(ledger.decisions()) == 2


def test_who_may(shop: Shop) -> None:
    shop.person("甲禾", body=BODY)
    assert shop.client("甲禾").client.get("/ledger-bodies").status_code == 404
    reviewer = shop.client("审核人")
    assert reviewer.get("/ledger-bodies").status_code == 200
    assert reviewer.post("/ledger-take").status_code == 403
