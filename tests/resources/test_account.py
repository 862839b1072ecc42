"""一本账 of a body, and the commands from end to end."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bench.resources import city
from tests.conftest import EXAMPLES
from tests.resources.conftest import ME
from yibenzhang.cli import app
from yibenzhang.evidence.mappings import mapping_of
from yibenzhang.evidence.measuring import period_of, run
from yibenzhang.evidence.observations import Observations
from yibenzhang.evidence.packs import pack
from yibenzhang.evidence.samples import write_sample
from yibenzhang.evidence.sources import Limits
from yibenzhang.ledger.ingesting import Origin, ingest
from yibenzhang.ledger.store import Ledger
from yibenzhang.office.database import Database
from yibenzhang.resources.account import account_of
from yibenzhang.resources.account_page import Figure
from yibenzhang.resources.account_report import report, rows, said
from yibenzhang.resources.claiming import take_claims
from yibenzhang.resources.measures import measures_of
from yibenzhang.resources.published import bodies_of, counts_of
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.store import Draft, add_all

DAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    made = Ledger(tmp_path_factory.mktemp("ledger") / "l")
    list(ingest(made, [str(EXAMPLES / "hubei-clean.txt")], "2026-03-01T00:00:00+00:00", Origin({}), jobs=1))
    return made


TOLD = "2026年，保障云上12个单位40个信息系统稳定运行，租用23条线路。"


@pytest.fixture(scope="module")
def disclosed(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Of one body a budget with a sentence that counts, of another one with goals and not much else."""
    folder = tmp_path_factory.mktemp("files")
    plain = (EXAMPLES / "hubei-clean.txt").read_text(encoding="utf-8")
    before = "第四部分 名词解释"
    assert before in plain
    (folder / "told.txt").write_text(plain.replace(before, f"{TOLD}\n\n{before}", 1), encoding="utf-8")
    goals = (EXAMPLES / "hubei-goals-weak-targets.txt").read_text(encoding="utf-8")
    (folder / "goals.txt").write_text(
        goals.replace("清疏管道长度\t≥70公里", "数据编目量\t≥60个"), encoding="utf-8"
    )
    made = Ledger(folder / "l")
    list(
        ingest(
            made,
            [str(p) for p in sorted(folder.glob("*.txt"))],
            "2026-03-01T00:00:00+00:00",
            Origin({}),
            jobs=1,
        )
    )
    return made


def _cited(f: Figure, file: Path) -> str:
    """The line that a figure cites."""
    name, _, place = f.cite.rpartition(" ")
    assert name == file.name and place.startswith("第") and place.endswith("行"), f.cite
    return file.read_text(encoding="utf-8").splitlines()[int(place[1:-1]) - 1]


def test_a_body_opens_from_its_disclosures_alone(desk: Database, schema: Schema, disclosed: Ledger) -> None:
    """Nothing is in the account: what is published stands there, each figure where it says; the rest is not known."""
    folder = disclosed.folder.parent
    with desk.session() as session:
        pages = [account_of(session, schema, b, DAY, disclosed) for b in bodies_of(disclosed)]
    [told], [goals] = (
        [p for p in pages if any(f.cite.startswith(name) for s in p.sections for f in s.figures)]
        for name in ("told.txt", "goals.txt")
    )
    by_id = {s.id: s for s in told.sections}
    for f in (*by_id["money"].figures, *by_id["projects"].figures):
        assert f.printed.split()[0] in _cited(f, folder / "told.txt")
    promises = {f.name: f for f in by_id["promises"].figures}
    assert set(promises) == {"2026年云上信息系统 =40", "2026年云上单位 =12", "2026年租用线路 =23"}
    for f in promises.values():
        assert f.value is None and "没有记进账" in f.note and _cited(f, folder / "told.txt") == TOLD
    for s in ("applications", "data", "quality", "cloud", "links"):
        assert not by_id[s].figures and by_id[s].unknown
    assert by_id["goals"].unknown
    found = {
        f.name.rpartition("：")[2]: f for f in next(s for s in goals.sections if s.id == "goals").figures
    }
    assert found["巡查道路里程"].words and "巡查道路里程" in _cited(
        found["巡查道路里程"], folder / "goals.txt"
    )
    assert said(found["坑槽修补合格率"]) == "≥96%"
    [entries] = [f for s in goals.sections if s.id == "promises" for f in s.figures]
    assert entries.name.endswith("编目的数据资源 ≥60个") and "≥60个" in _cited(entries, folder / "goals.txt")


def test_what_was_taken_into_the_account_is_not_told_twice(
    desk: Database, schema: Schema, disclosed: Ledger
) -> None:
    body = next(b for b in bodies_of(disclosed) if counts_of(disclosed, b, measures_of()))
    some = counts_of(disclosed, body, measures_of())
    with desk.session() as session:
        take_claims(session, schema, [t.claim for t in some[:1]], body, 2026, "told.txt", ME)
        made = account_of(session, schema, body, DAY, disclosed)
    figures = next(s for s in made.sections if s.id == "promises").figures
    assert len(figures) == len(some) and len({f.name for f in figures}) == len(some)
    assert ["没有记进账" in f.note for f in figures].count(False) == 1


def put(account: Database, schema: Schema, kind: str, *values: dict[str, Any]) -> None:
    with account.session() as session:
        add_all(session, schema, [Draft(schema.kinds[kind], v) for v in values], ME)


def test_money_comes_from_the_ledger_with_its_place(desk: Database, schema: Schema, ledger: Ledger) -> None:
    [body] = bodies_of(ledger)
    with desk.session() as session:
        made = account_of(session, schema, body, DAY, ledger)
    money = next(s for s in made.sections if s.id == "money")
    assert {f.value for f in money.figures} and all(
        f.cite.startswith("hubei-clean.txt 第") for f in money.figures
    )
    assert all(f.unit == "元" and f.printed for f in money.figures)


def test_what_is_not_known_is_said_and_is_no_zero(desk: Database, schema: Schema) -> None:
    put(
        desk,
        schema,
        "application",
        {"name": "甲", "body": "某局", "status": "in_use", "hosting": "cloud", "grade": "3"},
        {"name": "乙", "body": "某局", "status": "in_use", "grade": "2"},
        {"name": "丙", "body": "别局", "status": "in_use"},
    )
    with desk.session() as session:
        made = account_of(session, schema, "某局", DAY)
    figures = {f.name: f for s in made.sections for f in s.figures}
    assert figures["在账的应用系统"].value == 2 and figures["在账的应用系统"].codes == (
        "YY000001",
        "YY000002",
    )
    hosted = figures["部署在政务云"]
    assert hosted.value is None and "1 条没有填" in hosted.note and said(hosted) == "—"
    assert figures["定了三级以上"].value == 1
    assert any("没有登记云资源，不是说没有" in u for u in made.unknown) and any(
        "没有给账本" in u for u in made.unknown
    )


def test_sums_need_every_part(desk: Database, schema: Schema) -> None:
    put(
        desk,
        schema,
        "data_resource",
        *({"name": n, "body": "某局", "records": k} for n, k in (("甲", 5), ("乙", 7))),
    )
    with desk.session() as session:
        figures = {
            f.name: f.value for s in account_of(session, schema, "某局", DAY).sections for f in s.figures
        }
    assert figures["记录"] == 12
    put(desk, schema, "data_resource", {"name": "丙", "body": "某局"})
    with desk.session() as session:
        figures = {
            f.name: f.value for s in account_of(session, schema, "某局", DAY).sections for f in s.figures
        }
    assert figures["记录"] is None and figures["在账的数据资源"] == 3


def test_a_promise_stands_beside_the_accounts_own_count(desk: Database, schema: Schema) -> None:
    claim = {
        "name": "编目的数据资源",
        "body": "某局",
        "year": 2026,
        "measure": "resource.count",
        "sign": ">=",
        "value": "5",
        "document": "预算.pdf",
        "place": "第9页",
    }
    put(desk, schema, "claim", claim)
    with desk.session() as session:
        [one] = next(
            s for s in account_of(session, schema, "某局", DAY).sections if s.id == "promises"
        ).figures
    assert one.value is None and one.cite == "预算.pdf 第9页"
    put(desk, schema, "data_resource", {"name": "甲", "body": "别局"})
    with desk.session() as session:
        made = account_of(session, schema, "某局", DAY)
    [one] = next(s for s in made.sections if s.id == "promises").figures
    assert one.value == 1 and [c.rule for c in made.contradictions] == ["claim.behind"]
    told = report(made)
    assert (
        json.loads(json.dumps(told))["rows"] == rows(made)
        and told["contradictions"][0]["arguments"]["own"] == "1.0000"
    )


def test_money_is_shown_as_printed_or_in_ten_thousands() -> None:
    assert (
        said(Figure("x", Decimal("12500"), "元")) == "1.25 万元"
        and said(Figure("x", Decimal(1), "元", printed="1.00 万元")) == "1.00 万元"
    )


def test_the_commands_from_end_to_end(tmp_path: Path, ledger: Ledger) -> None:
    where = ["--folder", str(tmp_path / "desk")]

    def run(*words: str, status: int = 0) -> str:
        made = CliRunner().invoke(app, [*words, *where], env={"COLUMNS": "200"})
        assert made.exit_code == status, made.output
        return made.stdout + made.stderr

    table = tmp_path / "a.csv"
    table.write_text(
        "系统名称,主管单位,状态,年运行费用（万元）,费用年度,下线日期\n旧门户,某局,关停,3,2026,2024-05-01\n坏,,在用,,,\n",
        encoding="utf-8",
    )
    assert "第 3 行：主管单位：必填" in run("resources", "import", "应用系统", str(table), status=1)
    assert "新增 1 条" in run(
        "resources", "import", "application", str(table), "--rest", "--who", "王某", status=1
    )
    assert "旧门户" in run("resources", "list") and "王某" in run("resources", "show", "YY000001")
    assert "第 2 版" in run("resources", "set", "YY000001", "责任人=张三", "--version", "1")
    assert "没有保存" in run("resources", "set", "YY000001", "责任人=李四", "--version", "1", status=2)
    assert "核对" in run("resources", "move", "check", "YY000001")
    assert "不能发布" not in run("resources", "move", "publish", "YY000001")
    with sqlite3.connect(tmp_path / "s.db") as c:
        c.executescript("CREATE TABLE p (sfzh TEXT); INSERT INTO p VALUES ('1'), ('11010519491231002X')")
    source = f"sqlite:///{tmp_path / 's.db'}"
    assert "新增 2 条" in run("resources", "harvest", source, "--body", "某局")
    assert "p" in run("resources", "proposals")
    assert "接受 2 条" in run("resources", "accept", "--all")
    assert "1 条不合格" in run(
        "resources", "quality", source, "--body", "某局", "--as-of", "2026-03-01", status=1
    )
    assert "3 万元" not in run("resources", "contradictions", status=1)
    for name in ("o.xlsx", "o.csv", "o.jsonld"):
        assert "1 条写到" in run("resources", "export", str(tmp_path / name))
    assert "某局" in run("account")
    told = run("account", "某局", "--as-of", "2026-03-01")
    assert "合格率" in told and "不知道" in told and "还有运行费用" in told
    assert json.loads(run("account", "某局", "--format", "json"))["schema"] == "yibenzhang/account/1"
    assert "没有“没有”" in run("account", "没有", status=2)
    [body] = bodies_of(ledger)
    assert "hubei-clean.txt" in run("account", body, "--ledger", str(ledger.folder))
    assert "不是账本" in run("account", body, "--ledger", str(tmp_path), status=2)
    assert "没有“nothing”这种资源" in run("resources", "import", "nothing", str(table), status=2)


def test_the_made_city_is_the_same_every_time() -> None:
    one, other = city(1), city(1)
    assert one.drafts == other.drafts and one.planted == other.planted
    assert (
        len(one.drafts["application"]) == 400 and len({b["body"] for b in one.drafts["data_resource"]}) == 61
    )


def test_what_was_measured_stands_beside_what_was_promised(
    tmp_path: Path, desk: Database, schema: Schema
) -> None:
    made = Ledger(tmp_path / "l")
    mapped = mapping_of(write_sample(pack("hotline"), made.folder / "mappings"))
    body = mapped.subject
    with desk.session() as session:
        silent = account_of(session, schema, body, DAY, made)
        assert [s.unknown for s in silent.sections if s.id == "evidence"] == [
            ("没有实测过（yibenzhang evidence）",)
        ]
    for time in ("2026-12-30T02:00:00", "2026-12-31T02:00:00"):
        Observations(made.folder).append(run(mapped, period_of("2026"), time, Limits(seconds=20)))
    with desk.session() as session:
        told = account_of(session, schema, body, DAY, made)
        others = account_of(session, schema, "别的局", DAY, made)
    [section] = [s for s in told.sections if s.id == "evidence"]
    cost = next(f for f in section.figures if "成本总量控制" in f.name)
    assert cost.name.endswith("≤310万元") and cost.words.startswith("做到：") and "2026-12-31 测" in cost.cite
    assert len([f for f in section.figures if "成本总量控制" in f.name]) == 1
    assert not [s for s in others.sections if s.id == "evidence"][0].figures
