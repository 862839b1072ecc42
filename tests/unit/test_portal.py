"""The index of a ledger and the portal over it: what is found, shown and refused; every number leads to its page."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from typer.testing import CliRunner

from tests.conftest import ROOT, sample
from tests.unit.test_ledger import ITEMS, disclosure, put, taken
from tests.unit.test_projects import ACCOUNTS
from yibenzhang.cli import app
from yibenzhang.ledger import index
from yibenzhang.ledger.asking import answer, ready
from yibenzhang.ledger.comparing import compare, keep
from yibenzhang.ledger.merging import merge
from yibenzhang.ledger.store import Ledger
from yibenzhang.portal.app import create
from yibenzhang.portal.flows import flows_of
from yibenzhang.portal.reading import Book, Number

pytestmark = pytest.mark.middle

TEXT = """
一、信息化建设情况说明

2026年安排政务服务热线和数据共享平台运行维护，支出12.00万元。
"""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    folder = tmp_path_factory.mktemp("门户")
    ledger = Ledger(folder / "账本")
    taken(ledger, put(folder / "a", "去年.txt", disclosure(2025)))
    taken(ledger, put(folder / "b", "今年.txt", disclosure(2026, {"节能环保支出": 81.5}, 1.05) + TEXT))
    other = disclosure(2026).replace("示范市数据局", "示范市财政局")
    taken(ledger, put(folder / "c", "财政.txt", other), str(ROOT / "examples" / "shanghai-budget-clean.pdf"))
    keep(ledger, compare(ledger))
    assert index.refresh(ledger) == 4
    return ledger


@pytest.fixture(scope="module")
def portal(ledger: Ledger) -> TestClient:
    return TestClient(create(ledger))


def numbers_of(text: str) -> list[str]:
    return re.findall(r"/number/[0-9a-f]+/[0-9a-f]+", text)


def test_the_index_grows_by_what_is_new(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "账本")
    taken(ledger, put(tmp_path / "a", "1.txt", disclosure(2025)))
    assert not index.fresh(ledger)
    assert (index.refresh(ledger), index.refresh(ledger)) == (1, 0)
    taken(ledger, put(tmp_path / "b", "2.txt", disclosure(2026)))
    assert not index.fresh(ledger)
    assert (index.refresh(ledger), index.fresh(ledger)) == (1, True)
    before = Book(ledger).numbers([d.d for d in Book(ledger).disclosures("示范市数据局")])
    merge(ledger)  # other batches, the same documents
    assert (index.refresh(ledger), index.fresh(ledger)) == (0, True)
    assert Book(ledger).numbers([d.d for d in Book(ledger).disclosures("示范市数据局")]) == before
    assert {n.value for n in before if n.row == "expenditure"} == {
        Decimal(str(sum(v for _, v in ITEMS))) * 10_000
    }


def test_a_document_that_is_analysed_again_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, file = Ledger(tmp_path / "账本"), put(tmp_path, "1.txt", disclosure(2026) + TEXT)
    taken(ledger, file)
    index.refresh(ledger)
    monkeypatch.setattr("yibenzhang.ledger.ingesting.version_of", lambda _: "later")
    monkeypatch.setattr("tests.unit.test_ledger.NOW", "2026-04-01T00:00:00+00:00")
    taken(ledger, file)
    assert index.refresh(ledger) == 1
    book = Book(ledger)
    assert [d.year for d in book.disclosures("示范市数据局")] == [2026]
    assert [w for _, w, _, _ in book.find_passages("政务服务热线")] != []
    assert len(list(book.find_passages("政务服务热线"))) == 1


def test_an_index_that_was_cut_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(tmp_path / "账本")
    for year in (2025, 2026):
        taken(ledger, put(tmp_path / str(year), f"{year}.txt", disclosure(year)))
    made, done, again = index._batch, [], []

    def cut(*given: Any) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(given[2])
        made(*given)

    monkeypatch.setattr(index, "_batch", cut)
    with pytest.raises(KeyboardInterrupt):
        index.refresh(ledger)
    assert not index.fresh(ledger)
    monkeypatch.setattr(index, "_batch", lambda *given: (again.append(given[2]), made(*given)))
    index.refresh(ledger)
    assert index.fresh(ledger) and sorted(done + again) == [b.name for b in ledger.batch_folders()]


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "账本")
    taken(ledger, put(tmp_path, "1.txt", disclosure(2026)))
    (ledger.folder / index.INDEX).write_bytes(b"no database at all, " * 100)
    assert not index.fresh(ledger)
    assert (index.refresh(ledger), index.fresh(ledger)) == (1, True)
    with sqlite3.connect(ledger.folder / index.INDEX) as con:
        con.execute("UPDATE meta SET value = '0' WHERE name = 'format'")
    assert (index.refresh(ledger), index.fresh(ledger)) == (1, True)


def test_a_ready_question_is_the_same_with_and_without_the_index(ledger: Ledger) -> None:
    for question in sample(list(ready().values()), 3):
        wide = answer(ledger, question.sql, "数据局", 2026)
        assert answer(ledger, question.sql, "数据局", 2026, narrow=True) == wide


def test_words_are_found_by_pairs_of_characters() -> None:
    assert index.grams("12345热线abc，热线") == "热线 abc"
    assert index.wanted_grams("政务服务") == '"政务" "务服" "服务"'
    assert index.wanted_grams('"税*') == '"税"*'


def test_bodies_projects_and_words_are_found(portal: TestClient) -> None:
    found = portal.get("/search", params={"q": "示范市数据"}).text
    assert "示范市<mark>" not in found and "<mark>示范市数据</mark>局" in found
    words = portal.get("/search", params={"q": "政务服务热线"}).text
    assert "<mark>政务服务热线</mark>和数据共享平台运行维护" in words and "2026年预算" in words
    assert "没有找到" in portal.get("/search", params={"q": "务政"}).text
    for odd in ("12345", "2026", "63", "，。", "%", "'", "\\"):  # nothing that the index has letters of
        assert portal.get("/search", params={"q": odd}).status_code == 200, odd
    assert portal.get("/search", params={"q": '" OR *'}).status_code == 200


def test_projects_say_which_amount_is_which_and_where(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "账本")
    taken(ledger, put(tmp_path, "决算.txt", ACCOUNTS))
    index.refresh(ledger)
    client = TestClient(create(ledger))
    page = client.get("/body/示范市数据局/projects").text
    [rows] = re.findall(r"云平台租用(.*?)政务热线运行费", page, re.S)
    shown = re.findall(
        r"绩效自评<br><small>(..)</small></td><td class=\"n\">2024</td><td class=\"n\">([\d.]+)<", rows
    )
    assert sorted(shown) == [("执行", "118.50"), ("预算", "120.00")] and "第7行" in rows
    assert {r["measure_name"] for r in client.get("/body/示范市数据局/projects.json").json()} == {
        "预算",
        "执行",
    }


def test_a_body_has_its_years_side_by_side(portal: TestClient) -> None:
    page = portal.get("/body/示范市数据局")
    assert "2025年预算" in page.text and "2026年预算" in page.text
    assert "1,622.21" in page.text and "81.50" in page.text  # both totals, and what is to be asked
    rows = list(csv.DictReader(io.StringIO(portal.get("/body/示范市数据局.csv").text.lstrip("﻿"))))
    told = {(r["年度"], r["元"]) for r in rows if r["项目"] == "支出总计"}
    assert told == {("2025", "16222100"), ("2026", "17033200")}
    assert portal.get("/body/示范市数据局.json").json()[0]["row"] == "支出总计"
    assert portal.get("/body/没有的局").status_code == 404


def test_every_number_leads_to_its_table_with_the_cell_lit(portal: TestClient) -> None:
    for address in numbers_of(portal.get("/body/示范市数据局").text):
        page = portal.get(address)
        assert page.status_code == 200
        [lit] = re.findall(r'<td class="n lit" id="lit"><a[^>]*>([^<]*)</a>', page.text)
        assert f"<h1>{lit}万元</h1>" in page.text


def test_the_printed_page_with_the_cell_lit(portal: TestClient, ledger: Ledger) -> None:
    [who] = {d.who for b in Book(ledger).places() for n, *_ in Book(ledger).bodies(b[0]) for d in Book(ledger).disclosures(n)
             if d.files[0].endswith(".pdf")}  # fmt: skip
    address = numbers_of(portal.get(f"/body/{who}").text)[0]
    picture = portal.get(address.replace("/number/", "/picture/"))
    assert picture.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(picture.content)).convert("RGB")
    frame = [p for p in image.get_flattened_data() if p == (194, 65, 12)]
    assert image.width == 1100 and len(frame) > 100


def test_several_bodies_and_a_ranking(portal: TestClient) -> None:
    beside = portal.get("/beside", params={"body": ["示范市数据局", "示范市财政局"], "year": 2026}).text
    assert "1,703.32" in beside and "1,622.21" in beside
    ranking = portal.get("/compare.json", params={"row": "expenditure", "year": 2026}).json()
    assert [r["who"] for r in ranking if r["who"].startswith("示范市")] == ["示范市数据局", "示范市财政局"]
    assert portal.get("/compare", params={"row": "no such row"}).status_code == 404


@pytest.mark.parametrize(
    "address", ["/number/0/1", "/number/../../etc", "/document/" + "0" * 64, "/region/99", "/nowhere"]
)
def test_what_is_not_there_is_said_so(portal: TestClient, address: str) -> None:
    page = portal.get(address)
    assert page.status_code == 404 and "没有这一页" in page.text


def test_it_only_reads_and_is_dressed(portal: TestClient, ledger: Ledger) -> None:
    assert portal.post("/search").status_code == 405
    assert portal.get("/search?q=" + "a" * 5000).status_code == 414
    page = portal.get("/body/示范市数据局")
    assert "script-src 'none'" in page.headers["content-security-policy"] and "set-cookie" not in page.headers
    assert str(ledger.folder.parent) not in page.text  # where files lie on this machine is nobody's business


def number(row: str, value: int, label: str = "") -> Number:
    return Number(1, row, label, Decimal(value), str(value), "元", 1, "", "f")


def test_a_flow_is_drawn_only_of_what_adds_up() -> None:
    told: list[Any] = [number("expenditure", 100), number("source", 90, "general"), number("carried_in", 10)]
    told += [
        number("function", 70, "201"),
        number("function", 25, "208"),
        number("function_basic", 70, "201"),
    ]
    flows = flows_of(told)
    assert flows is not None
    whole = [(f.source, int(f.value)) for f in flows.flows if f.target == "支出总计"]
    assert whole == [("一般公共预算", 90), ("上年结转", 10)]
    assert sum(int(f.value) for f in flows.flows if f.source == "支出总计") == 100
    assert ("没有单独列出的", 5) in [(f.target, int(f.value)) for f in flows.flows]
    assert flows_of([*told, number("source", 50, "business")]) is None


def test_the_commands(tmp_path: Path) -> None:
    place = str(tmp_path / "账本")
    assert CliRunner().invoke(app, ["portal", "-l", place]).exit_code == 2
    taken(Ledger(place), put(tmp_path, "1.txt", disclosure(2026)))
    told = CliRunner().invoke(app, ["ledger", "index", "-l", place])
    assert told.exit_code == 0 and "新添 1 份" in told.stdout


def test_under_a_path_of_a_proxy(ledger: Ledger) -> None:
    portal = TestClient(create(ledger), root_path="/ledger")
    for given in (
        "/ledger/compare",
        "/ledger/ledger/compare",
    ):  # as uvicorn tells it: the prefix taken off, and left on
        page = portal.get(given)
        assert page.status_code == 200 and 'href="/ledger/static/portal.css"' in page.text
    assert portal.get("/ledger/compare.csv").text.startswith("﻿单位")
