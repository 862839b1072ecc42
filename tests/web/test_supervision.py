"""The pages of the assessment: written and versioned, scored, drawn, repeated; in three forms; who sees and does what."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.web.conftest import MakeShop, Shop
from yibenzhang.evidence.packs import pack
from yibenzhang.evidence.samples import write_sample
from yibenzhang.office.models import Role
from yibenzhang.standards import HERE
from yibenzhang.supervision.definitions import Definition, definition_of_text
from yibenzhang.supervision.store import Assessments

SCHEME = definition_of_text((HERE / "evidence" / "supervision" / "scheme.toml").read_text(encoding="utf-8"))
NAME = SCHEME.name


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    folder = tmp_path / "analyses"
    write_sample(pack("supervision"), folder / "mappings")
    return folder


@pytest.fixture
def shop(make_shop: MakeShop, ledger: Path) -> Shop:
    return make_shop(analyses=str(ledger))


def fields(definition: Definition = SCHEME, before: str = "0") -> dict[str, object]:
    """What the form sends."""
    out: dict[str, object] = {
        "name": definition.name, "mapping": definition.mapping, "every": definition.every, "before": before,
        "dimensions": list(definition.dimensions),
    }  # fmt: skip
    for k, m in enumerate(definition.measures):
        out |= {f"name-{k}": m.name, f"table-{k}": m.table, f"unit-{k}": m.unit, f"weight-{k}": str(m.weight)}
        out |= {f"zero-{k}": str(m.zero), f"full-{k}": str(m.full)}
        for side, a in (("above", m.above), ("below", m.below)):
            if a:
                out |= {
                    f"{side}-what-{k}": a.what,
                    f"{side}-column-{k}": a.column,
                    f"{side}-where-{k}": a.where,
                }
    return out


def test_written_scored_drawn_and_repeated_on_pages(shop: Shop, ledger: Path) -> None:
    head = shop.client("负责人")
    assert "mapping.toml" in head.get("/supervision-scheme").text
    form = head.get("/supervision-scheme?mapping=mapping.toml").text
    assert "检查用时" in form and 'name="dimensions" value="region"' in form and 'value="id"' not in form
    assert head.post("/supervision-scheme", fields()).status_code == 303
    assert Assessments(ledger).version(NAME).definition == SCHEME  # nothing is lost between form and file
    assert head.post("/supervision-score", {"scheme": NAME, "period": "2026-03"}).status_code == 303
    assert head.post("/supervision-score", {"scheme": NAME, "period": "2026-04"}).status_code == 303

    page = head.get(f"/supervision?scheme={NAME}&period=2026-03").text
    assert page.count("<svg") == 2 and "SELECT" in page and "60 ÷" not in page
    told = head.get(f"/supervision.json?scheme={NAME}&period=2026-03&dimension=region").json()
    assert {r["period"] for r in told["rows"]} == {"2026-03"} and len({r["group"] for r in told["rows"]}) == 4
    table = head.get(f"/supervision.csv?scheme={NAME}&period=2026-03&dimension=region").content.decode(
        "utf-8-sig"
    )
    lines = list(csv.DictReader(io.StringIO(table)))
    assert [line["得分"] for line in lines] == [r["points"] for r in told["rows"]]
    answer = head.post("/supervision-repeat", {"number": "1"})
    assert answer.status_code == 303 and "%E4%B8%80%E4%B8%AA%E4%B8%8D%E5%B7%AE" in answer.headers["location"]

    shown = head.get(f"/supervision-scheme.json?scheme={NAME}").json()["rows"]
    assert [r["measure"] for r in shown] == [m.name for m in SCHEME.measures]
    assert head.get(f"/supervision-scheme.csv?scheme={NAME}&version=1").status_code == 200


def test_a_second_version_leaves_the_first_and_its_scores(shop: Shop, ledger: Path) -> None:
    head = shop.client("负责人")
    head.post("/supervision-scheme", fields())
    head.post("/supervision-score", {"scheme": NAME, "period": "2026-03"})
    first = head.get("/supervision.json?score=1").json()["rows"]
    changed = fields(before="1") | {"weight-0": "90"}
    assert head.post("/supervision-scheme", changed).status_code == 303
    late = head.post("/supervision-scheme", changed | {"weight-0": "80"})
    assert late.status_code >= 400 and "没有保存" in late.text
    assert Assessments(ledger).version(NAME).number == 2
    head.post("/supervision-score", {"scheme": NAME, "period": "2026-03"})
    assert head.get("/supervision.json?score=1").json()["rows"] == first
    assert head.get(f"/supervision.json?scheme={NAME}").json()["rows"] != first
    assert "90" not in head.get(f"/supervision-scheme.csv?scheme={NAME}&version=1").text


def test_wrong_definitions_and_periods_are_told_and_nothing_is_kept(shop: Shop, ledger: Path) -> None:
    head = shop.client("负责人")
    wrong = head.post("/supervision-scheme", fields() | {"above-where-0": "没有 = 1"})
    assert wrong.status_code >= 400 and "没有“没有”这一列" in wrong.text
    assert Assessments(ledger).versions() == []
    head.post("/supervision-scheme", fields())
    assert "时段" in head.post("/supervision-score", {"scheme": NAME, "period": "2026"}).text
    assert head.post("/supervision-score", {"scheme": "没有", "period": "2026-03"}).status_code >= 400
    assert head.post("/supervision-repeat", {"number": "7"}).status_code >= 400
    assert head.get("/supervision?score=7").status_code == 404
    assert (
        head.get("/supervision-scheme?mapping=../mapping.toml").status_code == 200
    )  # asks for one that is there
    assert Assessments(ledger).scores() == []


def test_who_may_change_and_what_a_department_sees(shop: Shop) -> None:
    head = shop.client("负责人")
    head.post("/supervision-scheme", fields())
    head.post("/supervision-score", {"scheme": NAME, "period": "2026-03"})
    reviewer = shop.client("审核人")
    assert len(reviewer.get("/supervision.json").json()["rows"]) == 30
    shop.person("城管", Role.DEPARTMENT, body="城管局")
    department = shop.client("城管")
    mine = department.get("/supervision.json").json()["rows"]
    assert {r["group"] for r in mine} == {"城管局"} and mine[0]["rank"] > 1
    assert department.get("/supervision.json?dimension=region").json()["rows"] == []
    page = department.get("/supervision").text
    assert "交通局" not in page and "SELECT" not in page
    for who in (reviewer, department):
        assert who.get("/supervision-scheme").status_code == 403
        assert who.post("/supervision-scheme", fields()).status_code == 403
        assert who.post("/supervision-score", {"scheme": NAME, "period": "2026-03"}).status_code == 403
        assert who.post("/supervision-repeat", {"number": "1"}).status_code == 403
    stranger = shop.browser()
    assert stranger.get("/supervision.json").status_code == 401
