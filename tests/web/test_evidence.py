"""The page of the evidence: a promise, what was measured, the verdict, how; who sees which body; a verdict that turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.conftest import MakeShop
from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.measuring import period_of, run
from yibenzhang.evidence.observations import Observations
from yibenzhang.evidence.packs import pack
from yibenzhang.evidence.samples import write_sample
from yibenzhang.evidence.sources import Limits
from yibenzhang.office.models import Role

LIMITS = Limits(seconds=20)
BODY = "示例市数据局"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger with three days of the hotline: measured, a day on which the source failed, measured again."""
    folder = tmp_path / "ledger"
    mapping = write_sample(pack("hotline"), folder / "mappings")
    mapped, store = mapping_of(mapping), Observations(folder)
    orders = folder / "mappings" / "work_order.csv"
    kept = orders.read_text(encoding="utf-8")
    for day in ("2026-12-29", "2026-12-30", "2026-12-31"):
        if day == "2026-12-30":
            orders.unlink()
        else:
            orders.write_text(kept, encoding="utf-8")
        store.append(run(mapped, period_of("2026"), f"{day}T02:00:00", LIMITS))
    return folder


def test_promises_with_verdict_line_and_how(make_shop: MakeShop, ledger: Path, database: str) -> None:
    if database:
        pytest.skip("the observations are the same beside every database")
    browser = make_shop(accounts=False, hosts=(), analyses=str(ledger)).browser()
    told = browser.get("/evidence.json").json()
    cost = next(r for r in told["rows"] if r["name"].startswith("成本总量控制"))
    assert (cost["subject"], cost["period"], cost["promise"], cost["verdict"]) == (
        BODY,
        "2026",
        "≤310万元",
        "做到",
    )
    page = browser.get("/evidence").text
    assert "3 次观测，其中 1 次没有数" in page and "SELECT sum(amount)" in page
    assert browser.get("/evidence.json?verdict=broken").json()["total"] == 0
    assert browser.get("/evidence.json?system=cloud").json()["total"] == 0
    assert "hash" in browser.get("/evidence.csv").text or "校验" in browser.get("/evidence.csv").text


def test_a_verdict_turns_and_a_bureaus_own_promise_counts(
    make_shop: MakeShop, ledger: Path, database: str
) -> None:
    if database:
        pytest.skip("the observations are the same beside every database")
    file = ledger / "mappings" / "mapping.toml"
    file.write_text(
        file.read_text(encoding="utf-8") + '\n[promises.on_time]\nby = "≥"\nlimit = "99"\n', encoding="utf-8"
    )
    browser = make_shop(accounts=False, hosts=(), analyses=str(ledger)).browser()
    rows = browser.get("/evidence.json").json()["rows"]
    assert [(r["name"], r["verdict"]) for r in rows] == [("工单按时办结（部门处办及时高效）", "没有做到")]


def test_mappings_and_what_they_lack(make_shop: MakeShop, ledger: Path, database: str) -> None:
    if database:
        pytest.skip("the observations are the same beside every database")
    browser = make_shop(accounts=False, hosts=(), analyses=str(ledger)).browser()
    (ledger / "mappings" / "bad.toml").write_text('pack = "none"', encoding="utf-8")
    rows = browser.get("/evidence-mappings.json?check=mapping.toml").json()["rows"]
    assert [(r["file"], r["pack"]) for r in rows] == [("bad.toml", ""), ("mapping.toml", "12345热线")]
    assert "没有指标包" in rows[0]["missing"] and "可以运行" in rows[1]["missing"]
    file = ledger / "mappings" / "mapping.toml"
    file.write_text(
        file.read_text(encoding="utf-8").replace('due = "due"', 'due = "shixian"'), encoding="utf-8"
    )
    assert "缺列 due" in browser.get("/evidence-mappings?check=mapping.toml").text


def test_a_department_sees_its_own_and_no_mappings(make_shop: MakeShop, ledger: Path, database: str) -> None:
    if database:
        pytest.skip("the observations are the same beside every database")
    shop = make_shop(analyses=str(ledger))
    for body, total in ((BODY, 6), ("别的局", 0)):
        shop.person(f"{body}的人", Role.DEPARTMENT, body)
        browser = shop.client(f"{body}的人")
        assert (browser.get("/evidence.json").json()["total"] > 0) is (total > 0)
        assert browser.client.get("/evidence-mappings").status_code == 403


def test_changed_observations_are_told(make_shop: MakeShop, ledger: Path, database: str) -> None:
    if database:
        pytest.skip("the observations are the same beside every database")
    file = ledger / "observations.jsonl"
    file.write_text(
        file.read_text(encoding="utf-8").replace("12345", "1234", 1).replace('"value": "', '"value": "9', 1),
        encoding="utf-8",
    )
    browser = make_shop(accounts=False, hosts=(), analyses=str(ledger)).browser()
    assert "有记录被改过" in browser.client.get("/evidence").text
