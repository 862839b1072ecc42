"""Projects: events from disclosures, links by a ladder that people confirm or undo, imports that are whole or not at all,
questions to the portfolio, OC4IDS."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from yibenzhang.checking.project_texts import said_in
from yibenzhang.cli import app
from yibenzhang.ledger.ingesting import Origin, ingest
from yibenzhang.ledger.store import Ledger, restore
from yibenzhang.projects.book import book_of
from yibenzhang.projects.decisions import APART, SAME, UNDO, Decision, append_decision, read_decisions
from yibenzhang.projects.events import Event, Money, Source, kinds
from yibenzhang.projects.importing import (
    ImportRefused,
    form_of,
    known_numbers,
    read_rows,
    standing,
    take,
    undo,
)
from yibenzhang.projects.linking import Linked, linked
from yibenzhang.projects.oc4ids import package
from yibenzhang.projects.portfolio import Question, case_of, questions
from yibenzhang.projects.telling import money_of
from yibenzhang.reading import read

NOW = "2026-01-01T00:00:00+00:00"

ACCOUNTS = """示范市数据局 2024 年度部门决算

三、预算绩效情况说明

（二）项目绩效自评结果

1.云平台租用项目绩效自评综述：项目全年预算数为 120 万元，执行数为 118.5 万元，完成预算的 98.75%。主要产出：稳定。

政务热线运行费项目绩效自评综述：项目全年预

算数为 60 万元，执行数为 60 万元，完成预算 100%。发现的问题：无。

部门整体支出绩效自评综述：全年预算数 900 万元，执行数 850 万元，完成预算的 94.44%。
"""

BUDGET = """示范市数据局 2026 年部门预算

2026 年预算实行绩效管理的项目有 2 个，其中：（1）云平台租用 130 万元，绩效目标：保障系统稳定运行；（2）数据目录建设 40.5 万元，绩效目标：编目全覆盖。
"""


def event(name: str, year: int | None, amount: str = "", kind: str = "budget", **more: object) -> Event:
    money = (Money("budget", Decimal(amount), amount),) if amount else ()
    origin = str(more.pop("origin", f"d{year}|{kind}"))
    return Event(
        id=f"{name}-{year}-{kind}-{origin}-{amount}", kind=kind, who="甲局", body="甲局", name=name,
        code=str(more.pop("code", "")), year=year, amounts=money, source=Source(f"d{year}", "甲.pdf", "第1页"),
        origin=origin, **more,
    )  # type: ignore[arg-type]  # fmt: skip


def together(found: Linked) -> list[list[str]]:
    return [sorted({e.name for e in p.events}) for p in found.projects]


# ---- events --------------------------------------------------------------------------------------------


def test_self_assessments_of_the_text_are_events_also_across_lines(tmp_path: Path) -> None:
    (tmp_path / "决算.txt").write_text(ACCOUNTS, encoding="utf-8")
    told = list(said_in(read(str(tmp_path / "决算.txt")), 2024))
    assert [(t.kind, t.name, t.measure, t.value) for t in told] == [
        ("self_assessment", "云平台租用", "budget", Decimal(1200000)),
        ("self_assessment", "云平台租用", "executed", Decimal(1185000)),
        ("self_assessment", "政务热线运行费", "budget", Decimal(600000)),
        ("self_assessment", "政务热线运行费", "executed", Decimal(600000)),
    ]
    assert told[0].event == told[1].event
    assert str(told[0].place) == "第7行"


def test_goals_of_the_text_are_events(tmp_path: Path) -> None:
    (tmp_path / "预算.txt").write_text(BUDGET, encoding="utf-8")
    told = list(said_in(read(str(tmp_path / "预算.txt")), 2026))
    assert [(t.name, t.value, t.words) for t in told] == [
        ("云平台租用", Decimal(1300000), "保障系统稳定运行"),
        ("数据目录建设", Decimal("405000.0"), "编目全覆盖"),
    ]


# ---- the ladder ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (event("云平台租用", 2024, "10", code="420100249T01"), event("政务云租用", 2026, "99", code="420100249T01"), "code"),
        (event("云平台租用费", 2024, "10"), event("云平台租用项目", 2026, "99"), "name"),
        (event("政务云平台租用费", 2026, "10"), event("政务云平台租赁费", 2026, "10", "goals"), "alike"),
        (event("市民之家办公大楼运行维护", 2024, "10"), event("市民之家大楼运行维护", 2026, "12"), ""),
        (event("政务云平台租用费", 2026, "10"), event("政务云平台租赁费", 2026, "11", "goals"), ""),
        (event("信息化运维一期", 2026, "10"), event("信息化运维二期", 2026, "10", "goals"), ""),
        (event("2025年信息化运维", 2025, "10"), event("2026年信息化运维", 2026, "10"), ""),
        (event("云平台租用费", 2026, "10"), event("云平台租用项目", 2026, "10"), ""),  # two rows of one list
    ],
)  # fmt: skip
def test_each_step_of_the_ladder(a: Event, b: Event, reason: str) -> None:
    found = linked([a, b])
    assert len(found.projects) == (1 if reason else 2)
    if reason and reason != "code":
        assert [x.reason for x in found.projects[0].links] == [reason]


def test_what_is_only_alike_is_proposed() -> None:
    found = linked([event("市政务云平台租用费", 2024, "10"), event("市政务云平台租用和迁移费", 2026, "90")])
    assert len(found.projects) == 2
    assert [x.reason for x in found.proposals] == ["proposed"]


def test_a_code_that_one_list_prints_twice_says_nothing() -> None:
    code = "420100249T01"
    found = linked([event("劳务派遣", 2026, "1", code=code), event("门户网站", 2026, "2", code=code)])
    assert together(found) == [["劳务派遣"], ["门户网站"]]


def test_a_member_as_near_to_two_of_one_list_is_left_to_a_person() -> None:
    rows = [event(f"第{x}医院公共卫生发展资金", 2024, "4", "self_assessment") for x in ("甲", "乙")]
    found = linked([*rows, event("公共卫生发展资金", 2024, "4", "self_assessment", origin="form")])
    assert len(found.projects) == 3
    assert len(found.proposals) == 2


def test_what_is_nearer_to_another_row_is_no_rival() -> None:
    name, said = "第甲医院防控经费", "self_assessment"
    rows = [event(name, 2024, x, said) for x in ("7", "26")]
    found = linked([*rows, event(name, 2024, "7", said, origin="form"), event("防控经费", 2024, "26", said, origin="form")])  # fmt: skip
    assert [[str(e.amount("budget")) for e in p.events] for p in found.projects] == [["7", "7"], ["26", "26"]]


def test_an_amount_that_nothing_else_has_is_asked_about_and_joins_half_alike_names() -> None:
    table = [event(n, 2026, x) for n, x in (("大厅绿植养护", "29.78"), ("宣传片拍摄和宣传展板制作费", "25"))]
    goals = [event(n, 2026, x, "goals") for n, x in (("室外绿化", "29.78"), ("宣传片拍摄制作项目", "25"))]
    found = linked([*table, *goals])
    assert together(found) == [
        ["大厅绿植养护"],
        ["宣传片拍摄制作项目", "宣传片拍摄和宣传展板制作费"],
        ["室外绿化"],
    ]
    assert [x.score for x in found.proposals] == [0.6]
    more = linked(
        [*table, *goals, event("展板", 2026, "25"), event("盆花", 2026, "29.78")]
    )  # others have it too
    assert len(more.projects) == 6 and not more.proposals


def test_a_name_with_and_without_a_joining_word_is_one_at_one_amount() -> None:
    names = ("政务服务和数据局智管运营", "政务服务数据局智管运营")
    assert len(linked([event(n, 2026, "10", "goals", origin="d") for n in names]).projects) == 1
    other = [event(n, 2026, x, "goals", origin="d") for n, x in zip(names, ("10", "11"), strict=True)]
    assert len(linked(other).projects) == 2


def test_what_a_form_of_several_projects_buys_is_of_the_project_that_is_named() -> None:
    bought = Event("b", "intention", "甲局", "甲局", "运行维护经费", "", 2026, (Money("planned", Decimal(9), "9"),),
                   Source("d2026", "甲.pdf", "第2页"), words="云平台租用服务", origin="d2026|intention")  # fmt: skip
    form = event("运行维护经费", 2026, "90", "goals")
    assert together(linked([event("云平台租用", 2026, "9"), form, bought])) == [
        ["云平台租用", "云平台租用服务"],
        ["运行维护经费"],
    ]
    for row in (event("云平台租用", 2026, "8"), event("云平台租用", 2025, "9")):
        assert together(linked([row, form, bought])) == [["云平台租用"], ["运行维护经费"]]


def test_the_order_of_events_changes_nothing() -> None:
    rows = [event("云平台租用费", y, "10") for y in (2024, 2025, 2026)] + [event("热线运行", 2025, "3")]
    assert linked(rows).projects == linked(rows[::-1]).projects


def test_people_link_part_and_undo_and_nothing_is_rewritten(tmp_path: Path) -> None:
    rows = [event("大楼维护", 2024, "10"), event("市民之家维修", 2026, "90")]
    one, other = (p.members[0].ref for p in linked(rows).projects)

    def after(*actions: str) -> int:
        return len(linked(rows, [Decision(NOW, x, (one, other), "王") for x in actions]).projects)

    assert [after(), after(SAME), after(SAME, UNDO), after(SAME, APART)] == [2, 1, 2, 2]
    same = [event("云平台租用费", 2024, "10"), event("云平台租用费", 2026, "10")]
    assert len(linked(same, curated=[]).projects) == 1
    for action in (SAME, UNDO):
        append_decision(tmp_path, Decision(NOW, action, (one, other), "王", "合同"))
    assert [d.action for d in read_decisions(tmp_path)] == [SAME, UNDO]
    (tmp_path / "projects.jsonl").write_bytes((tmp_path / "projects.jsonl").read_bytes() + b'{"at": "2')
    append_decision(tmp_path, Decision(NOW, APART, (one, other)))
    assert [d.action for d in read_decisions(tmp_path)] == [SAME, UNDO, APART]


# ---- imports -------------------------------------------------------------------------------------------

CONTRACTS = """合同编号,项目名称,乙方,签约日期,合同金额（万元）,备注
HT-1,云平台租用,甲公司,2024-03-05,100,
HT-2,政务热线运行费,乙公司,2024年4月1日,58.5,
"""
BAD = """合同编号,项目名称,乙方,签约日期,合同金额（万元）
HT-3,云平台租用,甲公司,2024-03-05,一百
HT-4,,乙公司,2024-13-01,58.5
HT-5,数据目录建设,丙公司,2024-05-01,40
HT-5,数据目录建设,丙公司,2024-05-02,41
"""


def test_rows_are_taken_whole_and_once(tmp_path: Path) -> None:
    data = CONTRACTS.encode()
    found = read_rows(data, form_of("合同"), "示范市数据局")
    assert [r["amount"] for _, r in found.rows] == ["1000000", "585000"]
    assert found.unknown == ("备注",)
    assert take(tmp_path, found, data, "合同.csv", NOW) == 2
    with pytest.raises(ImportRefused, match="已经作为合同导入过"):
        take(tmp_path, found, data, "合同.csv", NOW)
    again = read_rows(
        (CONTRACTS + "\n").encode(), form_of("contract"), "示范市数据局", known=known_numbers(tmp_path)
    )
    assert len(again.refused) == 2
    assert undo(tmp_path, "合同.csv", NOW)["kind"] == "contract"
    assert standing(tmp_path) == []
    with pytest.raises(ImportRefused):
        undo(tmp_path, "合同.csv", NOW)


def test_every_refused_row_has_its_reason_and_nothing_is_half_taken(tmp_path: Path) -> None:
    data = BAD.encode()
    found = read_rows(data, form_of("contract"), "示范市数据局")
    said = [r.why for r in found.refused]
    assert len(said) == 3
    assert "不是数" in said[0]
    assert "不是日期" in said[1] and "没有写项目名称" in said[1]
    assert "第 4 行的合同编号相同" in said[2]
    with pytest.raises(ImportRefused):
        take(tmp_path, found, data, "合同.csv", NOW)
    assert standing(tmp_path) == []
    assert take(tmp_path, found, data, "合同.csv", NOW, rest=True) == 1


def test_money_without_a_unit_is_refused_and_a_mapping_names_columns() -> None:
    data = "编号,事项,日子,价\nZ1,云平台租用,2024-06-01,30万元\nZ2,云平台租用,2024-06-01,30\n".encode()
    mapping = {"事项": "name", "日子": "date", "价": "amount", "编号": "number"}
    found = read_rows(data, form_of("payment"), "示范市数据局", mapping)
    assert [r["amount"] for _, r in found.rows] == ["300000"]
    assert "没有写明单位" in found.refused[0].why
    with pytest.raises(ImportRefused, match="缺少必填的列"):
        read_rows("合同编号,项目名称\n1,甲\n".encode(), form_of("contract"))


# ---- questions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", questions().values(), ids=list(questions()))
def test_every_question_has_a_case_and_a_twin(question: Question) -> None:
    found = case_of(question, question.fires)
    assert [a.rule for a in found] == [question.id]
    assert "{" not in found[0].message
    assert case_of(question, question.twin) == []


def test_unknown_dates_and_bodies_without_goals_are_not_asked_about() -> None:
    undated = [{"kind": "contract", "measure": "contracted", "value": 5}, {"kind": "payment", "date": "2025-01-01", "measure": "paid", "value": 5}]  # fmt: skip
    assert case_of(questions()["payment.before_contract"], undated) == []


# ---- all together --------------------------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    folder = tmp_path / "文件"
    folder.mkdir()
    (folder / "决算.txt").write_text(ACCOUNTS, encoding="utf-8")
    (folder / "预算.txt").write_text(BUDGET, encoding="utf-8")
    made = Ledger(tmp_path / "账本")
    list(ingest(made, [str(p) for p in sorted(folder.iterdir())], NOW, Origin({}), jobs=1))
    return made


@pytest.mark.middle
def test_from_files_and_imports_to_projects(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "合同.csv").write_text(CONTRACTS, encoding="utf-8")
    (tmp_path / "坏.csv").write_text(BAD, encoding="utf-8")
    at = ["--ledger", str(ledger.folder)]
    run = CliRunner()
    body = ["--body", "示范市数据局"]
    assert (
        run.invoke(app, ["projects", "import", "contract", str(tmp_path / "合同.csv"), *at, *body]).exit_code
        == 0
    )
    assert (
        run.invoke(app, ["projects", "import", "contract", str(tmp_path / "坏.csv"), *at, *body]).exit_code
        == 1
    )
    paid = "支付凭证号,项目名称,支付日期,支付金额（元）\nZF-1,云平台租用,2024-01-15,200000\n"
    (tmp_path / "支付.csv").write_text(paid, encoding="utf-8")
    assert (
        run.invoke(app, ["projects", "import", "支付", str(tmp_path / "支付.csv"), *at, *body]).exit_code == 0
    )
    book = book_of(ledger)
    cloud = next(p for p in book.projects if p.name == "云平台租用")
    assert [(e.year, e.kind) for e in cloud.events] == [
        (2024, "payment"), (2024, "contract"), (2024, "self_assessment"), (2026, "goals"),
    ]  # fmt: skip
    assert [money_of(cloud, m) for m in ("budget", "executed", "contracted", "paid", "approved")] == [
        Decimal(1300000), Decimal(1185000), Decimal(1000000), Decimal(200000), None,
    ]  # fmt: skip
    assert all(e.source.file and e.source.place for e in cloud.events)
    asked = run.invoke(app, ["projects", "portfolio", *at, "-f", "json"])
    assert asked.exit_code == 1
    assert [a["rule"] for a in json.loads(asked.stdout)["asked"]] == ["payment.before_contract"]
    shown = run.invoke(app, ["projects", "show", cloud.id, *at])
    assert "支付.csv 第2行" in shown.stdout and "118.5万元" in shown.stdout
    for command in (["list"], ["list", "-f", "csv"], ["export", "-f", "csv"], ["portfolio", "-f", "csv"]):
        assert "云平台租用" in run.invoke(app, ["projects", *command, *at]).stdout
    made = json.loads(package(book.projects, NOW))
    process = next(p for p in made["projects"] if p["id"] == cloud.id)["contractingProcesses"][0]["summary"]
    assert process["contractValue"] == {"amount": 1000000, "currency": "CNY"}
    assert run.invoke(app, ["projects", "undo-import", "支付.csv", *at]).exit_code == 0
    assert run.invoke(app, ["projects", "portfolio", *at]).exit_code == 0


@pytest.mark.middle
def test_links_of_people_hold_and_are_in_backups(ledger: Ledger, tmp_path: Path) -> None:
    at = ["--ledger", str(ledger.folder)]
    ids = {p.name: p.members[0].id for p in book_of(ledger).projects}
    said = ["projects", "link", ids["政务热线运行费"], ids["数据目录建设"], *at]
    assert CliRunner().invoke(app, [*said, "--by", "王", "--why", "方案"]).exit_code == 0
    assert len(book_of(ledger).projects) == 2
    ledger.backup(tmp_path / "备份.tar")
    assert len(book_of(restore(tmp_path / "备份.tar", tmp_path / "另一本")).projects) == 2
    assert CliRunner().invoke(app, [*said, "--undo"]).exit_code == 0
    assert len(book_of(ledger).projects) == 3
    assert CliRunner().invoke(app, ["projects", "link", "x", "y", *at]).exit_code == 2


def test_kinds_stand_in_the_order_of_a_project() -> None:
    order = list(kinds())
    assert (
        order.index("application")
        < order.index("contract")
        < order.index("payment")
        < order.index("termination")
    )
