"""Work on projects as several people, on SQLite and PostgreSQL: who may take what in, confirm, fill in and see."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.test_projects import ACCOUNTS, BUDGET, NOW
from tests.web.conftest import Browser, MakeShop, Shop
from yibenzhang.ledger.ingesting import Origin, ingest
from yibenzhang.ledger.store import Ledger
from yibenzhang.office.models import Audit
from yibenzhang.projects.importing import standing
from yibenzhang.projects.records import standing as records

OWN, OTHER = "示范市数据局", "示范市水利局"
CONTRACTS = (
    "合同编号,项目名称,单位,乙方,签约日期,合同金额（万元）\nHT-1,云平台租用,{body},甲公司,2024-03-05,100\n"
)


@pytest.fixture
def office(make_shop: MakeShop, tmp_path: Path) -> Shop:
    """Two departments with a project each, and the people of the bureau."""
    for name, text in (
        ("决算.txt", ACCOUNTS),
        ("预算.txt", BUDGET),
        ("水利.txt", BUDGET.replace(OWN, OTHER)),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    ledger = Ledger(tmp_path / "analyses")
    list(
        ingest(
            ledger, [str(tmp_path / n) for n in ("决算.txt", "预算.txt", "水利.txt")], NOW, Origin({}), jobs=1
        )
    )
    shop = make_shop(analyses=str(ledger.folder))
    shop.person("数据", body=OWN)
    shop.person("水利", body=OTHER)
    return shop


def folder(shop: Shop) -> Path:
    return Path(shop.office.settings.analyses)


def projects(browser: Browser) -> dict[str, str]:
    return {r["name"] + r["body"]: r["id"] for r in browser.get("/projects.json").json()["rows"]}


def look(browser: Browser, text: str, kind: str = "contract", body: str = "") -> tuple[Any, str]:
    files = {"file": ("合同.csv", text.encode(), "text/csv")}
    answer = browser.post("/project-import", {"kind": kind, "body": body}, files=files)
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', answer.text)
    return answer, found[1] if found else ""


def test_a_department_takes_in_its_own_rows_and_no_others(office: Shop) -> None:
    water = office.client("水利")
    answer, digest = look(water, CONTRACTS.format(body=OWN))
    assert "不是本单位" in answer.text
    taken = water.post("/project-import-take", {"kind": "contract", "digest": digest, "name": "合同.csv", "do": "take", "rest": "true"})  # fmt: skip
    assert "没有能收的行" in taken.text and standing(folder(office)) == []
    data = office.client("数据")
    _, digest = look(data, CONTRACTS.format(body=OWN))
    done = data.post(
        "/project-import-take", {"kind": "contract", "digest": digest, "name": "合同.csv", "do": "take"}
    )
    assert done.status_code == 303
    assert [r["body"] for x in standing(folder(office)) for r in x["rows"]] == [OWN]
    assert "合同.csv" in data.get("/project-import").text
    assert "合同.csv" not in water.get("/project-import").text
    (one,) = standing(folder(office))
    assert water.post("/project-import-undo", {"digest": one["sha256"]}).status_code == 404
    assert data.post("/project-import-undo", {"digest": one["sha256"]}).status_code == 303
    assert standing(folder(office)) == []
    with office.office.session() as session:
        actions = [
            a.action for a in session.query(Audit).order_by(Audit.id) if a.action.startswith("project")
        ]
    assert actions == ["project.import", "project.undo"]


def test_a_file_is_looked_at_before_it_is_taken(office: Shop) -> None:
    data = office.client("数据")
    for kind, text, words in (
        ("", "a,b\n", "请选择这是哪一种表"),
        ("contract", "甲,乙\n1,2\n", "一列也认不出"),
        ("contract", "合同编号,项目名称\n1,甲\n", "缺少必填的列"),
        ("ocds", "{}", "不是 OCDS 的发布包"),
        ("ocds", '{"releases": [{"tender": {"title": "云"}, "buyer": {"name": "别的局"}, "awards": [{"date": "2026-01-01"}]}]}', "别的单位"),
    ):  # fmt: skip
        assert words in look(data, text, kind)[0].text
    assert (
        data.post(
            "/project-import-take", {"kind": "contract", "digest": "../../etc/passwd", "do": "take"}
        ).status_code
        == 404
    )
    assert (
        data.post("/project-import-take", {"kind": "contract", "digest": "0" * 64, "do": "take"}).status_code
        == 409
    )
    assert (
        data.post(
            "/project-import-take", {"kind": "nonsense", "digest": look(data, "a\n")[1], "do": "take"}
        ).status_code
        == 200
    )
    assert standing(folder(office)) == []


def test_links_are_confirmed_parted_and_undone_by_those_who_see_both(office: Shop) -> None:
    data, water = office.client("数据"), office.client("水利")
    mine, theirs = projects(data), projects(water)
    one, other = mine["云平台租用" + OWN], mine["政务热线运行费" + OWN]
    assert len(mine) == 3 and len(theirs) == 2
    assert water.post("/project-link", {"one": one, "other": other, "action": "same"}).status_code == 404
    assert data.post("/project-link", {"one": one, "other": one, "action": "same"}).status_code == 409
    assert data.post("/project-link", {"one": one, "other": other, "action": "x"}).status_code == 409
    assert (
        data.post("/project-link", {"one": one, "other": other, "action": "same", "why": "方案"}).status_code
        == 303
    )
    assert len(projects(data)) == 2
    page = data.get(f"/project?chosen={one}").text
    assert "人确认的" in page
    for action, count in (("undo", 3), ("same", 2), ("apart", 3)):
        assert data.post("/project-link", {"one": one, "other": other, "action": action}).status_code == 303
        assert len(projects(data)) == count


def fill(browser: Browser, chosen: str, **more: str) -> Any:
    form = {
        "chosen": chosen, "kind": "self_assessment", "year": "2024", "date": "2025-01-20", "budget": "120", "executed": "118.5",
        "execution_given": "9.88", "do": "save", "name-0": "可用率", "level1-0": "产出指标", "target-0": "≥99%",
        "actual-0": "99.5%", "weight-0": "90", "given-0": "90", "evidence-0": "月报", **more,
    }  # fmt: skip
    return browser.post("/project-performance", form)


def test_a_department_fills_in_its_own_forms_and_takes_them_back(office: Shop) -> None:
    data, water, head = office.client("数据"), office.client("水利"), office.client("审核人")
    cloud = projects(data)["云平台租用" + OWN]
    assert water.get(f"/project-performance?chosen={cloud}").status_code == 404
    assert fill(water, cloud).status_code == 404
    assert fill(data, cloud, do="try").status_code == 200 and records(folder(office)) == ()
    wrong = fill(data, cloud, **{"given-0": "95"})
    assert wrong.status_code == 422 and "超过分值" in wrong.text and 'value="月报"' in wrong.text
    assert fill(data, cloud, kind="nonsense").status_code == 404
    assert fill(data, cloud).status_code == 303
    (kept,) = records(folder(office))
    assert (kept.by, kept.year, kept.executed) == ("数据", 2024, "1185000")
    shown = data.get(f"/project-performance?chosen={cloud}&year=2024").text
    assert "99.88" in shown and "完成预算的98.75%" in shown
    assert "数据填报" in head.get(f"/project?chosen={cloud}").text
    for form, file, kind in (
        ("table", "docx", "wordprocessingml"),
        ("report", "docx", "wordprocessingml"),
        ("table", "xlsx", "spreadsheetml"),
    ):
        found = data.get(f"/project-paper?record={kept.id}&form={form}&ending={file}")
        assert (
            found.status_code == 200 and kind in found.headers["content-type"] and found.content[:2] == b"PK"
        )
        assert water.get(f"/project-paper?record={kept.id}&form={form}&ending={file}").status_code == 404
    assert water.post("/project-performance-undo", {"chosen": cloud, "record": kept.id}).status_code == 404
    assert data.post("/project-performance-undo", {"chosen": cloud, "record": "x"}).status_code == 404
    assert data.post("/project-performance-undo", {"chosen": cloud, "record": kept.id}).status_code == 303
    assert records(folder(office)) == ()


def test_sums_and_questions_after_a_form_are_on_the_very_next_page(office: Shop) -> None:
    data, water, head = office.client("数据"), office.client("水利"), office.client("审核人")
    cloud = projects(data)["云平台租用" + OWN]

    def spent(browser: Browser) -> str:
        rows = browser.get("/projects-summary.json").json()["rows"]
        return next((r["executed"] for r in rows if r["name"] == "2025"), "")

    before, others = spent(head), spent(water)
    assert "结果没有依据" not in head.get("/projects-portfolio").text
    for executed, evidence in (("118.5", ""), ("110", "月报")):
        assert (
            fill(data, cloud, year="2025", executed=executed, **{"evidence-0": evidence}).status_code == 303
        )
        told = head.get("/projects-portfolio.json").json()["rows"]
        assert [r["name"] for r in told if r["rule"] == "结果没有依据"] == ["云平台租用"][bool(evidence) :]
        for browser in (head, data):
            assert float(spent(browser)) == float(before or 0) + 10_000 * float(executed)
        assert spent(water) == others
    (kept,) = records(folder(office))
    assert data.post("/project-performance-undo", {"chosen": cloud, "record": kept.id}).status_code == 303
    assert float(spent(head)) == float(before or 0) + 1_185_000  # the form before it stands again


def test_monitoring_at_mid_year(office: Shop) -> None:
    data = office.client("数据")
    cloud = projects(data)["云平台租用" + OWN]
    answer = fill(data, cloud, kind="monitoring", date="2024-06-30", executed="20", do="try")
    assert "严重偏慢" in answer.text and "已过49.73%的时间" in answer.text
    assert fill(data, cloud, kind="monitoring", date="2024-06-30", executed="20").status_code == 303
    assert "绩效监控" in data.get(f"/project?chosen={cloud}").text


def test_views_are_kept_for_the_person(office: Shop) -> None:
    data, water = office.client("数据"), office.client("水利")
    assert data.post("/projects-views", {"name": "二〇二四", "year": "2024"}).status_code == 303
    assert "二〇二四" in data.get("/projects").text and "二〇二四" not in water.get("/projects").text
    assert data.post("/projects-views", {"name": " "}).status_code == 409
    assert data.post("/projects-views", {"name": "二〇二四", "remove": "true"}).status_code == 303
    assert "二〇二四" not in data.get("/projects").text


def test_each_sees_its_own_in_every_page_and_form(office: Shop) -> None:
    water = office.client("水利")
    cloud = projects(office.client("数据"))["云平台租用" + OWN]
    for path in (
        "/projects",
        "/projects-summary",
        "/projects-portfolio",
        "/projects-proposals",
        "/project-import",
    ):
        for ending in ("", ".json", ".csv"):
            answer = water.get(path + ending)
            assert answer.status_code == 200 and OWN not in answer.text, path + ending
    assert OWN not in water.get("/projects-oc4ids").text
    assert water.get("/projects.xlsx").content[:2] == b"PK"
    assert water.get(f"/project?chosen={cloud}").status_code == 404
    stranger = office.browser()
    assert stranger.get("/projects").status_code in (303, 307, 401)
    assert office.client("数据").raw("/project-link", data={"one": cloud}).status_code == 403
