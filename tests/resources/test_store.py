"""Kinds as data; entries with history; concurrent edits; tables in and out."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.resources.conftest import ME
from yibenzhang.office.access import NotHere, Refused
from yibenzhang.office.database import Database
from yibenzhang.office.database import prepare as prepare_office
from yibenzhang.reading import ReadingError
from yibenzhang.resources.exporting import table
from yibenzhang.resources.importing import Taken, read_table, take
from yibenzhang.resources.models import Base, Entry
from yibenzhang.resources.schema import Schema, load_schema
from yibenzhang.resources.store import (
    Asked,
    Conflict,
    Doer,
    change,
    counted,
    entries,
    entry_of,
    history_of,
    prepare,
    step,
)
from yibenzhang.standards import StandardsError

APPLICATIONS = """系统名称,主管单位,状态,年运行费用（万元）,等保级别,下线日期,没人认得
审批系统,青禾区审批局,在用,12.50,三级,,a
旧门户,青禾区水利局,关停,3,二级,2025/3/1,b
"""
WRONG = "河道系统,青禾区水利局,飞,许多,二级,2025/13/1,c\n,青禾区水利局,在用,1,,,d\n审批系统,青禾区审批局,在用,1,,,e\n"


def taken(
    account: Database, schema: Schema, data: bytes | str, kind: str = "application", rest: bool = False
) -> Taken:
    with account.session() as session:
        raw = data.encode() if isinstance(data, str) else data
        return take(session, schema, read_table(session, schema, schema.kind(kind), raw), ME, rest)


def all_of(account: Database) -> list[dict[str, Any]]:
    with account.session() as session:
        return [
            {"code": e.code, "state": e.state, "version": e.version, **e.values}
            for e in entries(session, Asked())
        ]


def test_the_migrations_make_what_the_models_say_beside_the_office(account: Database) -> None:
    prepare_office(account.engine)
    prepare(account.engine)
    with account.engine.connect() as connection:
        mine = {"version_table": "resource_version", "compare_type": True, "include_name": _mine}
        found = compare_metadata(MigrationContext.configure(connection, opts=mine), Base.metadata)
    assert found == []


def _mine(name: str | None, kind: str, parents: Any) -> bool:
    return kind != "table" or (name or "").startswith("resource_") and name != "resource_version"


def test_a_table_comes_in_whole(account: Database, schema: Schema) -> None:
    assert taken(account, schema, APPLICATIONS).added == ("YY000001", "YY000002")
    first, second = all_of(account)
    assert first == {
        "code": "YY000001",
        "state": "draft",
        "version": 1,
        "name": "审批系统",
        "body": "青禾区审批局",
        "status": "in_use",
        "running_cost": "125000",
        "grade": "3",
    }
    assert (second["status"], second["closed_on"], second["running_cost"]) == (
        "withdrawn",
        "2025-03-01",
        "30000",
    )
    again = taken(account, schema, APPLICATIONS)
    assert (again.added, again.changed, again.same) == ((), 0, 2)


def test_nothing_is_half_taken_and_every_refused_row_has_its_reason(
    account: Database, schema: Schema
) -> None:
    told = taken(account, schema, APPLICATIONS + WRONG)
    assert not told.written and all_of(account) == []
    assert [r.line for r in told.refused] == [4, 5, 6]
    first, second, third = (r.why for r in told.refused)
    assert all(w in first for w in ("飞", "许多", "2025/13/1")) and "必填" not in first
    assert "系统名称：必填" in second and "第 2 行" in third
    rest = taken(account, schema, APPLICATIONS + WRONG, rest=True)
    assert rest.written and len(rest.added) == 2 and len(rest.refused) == 3


def test_money_without_a_unit_is_not_guessed(desk: Database, schema: Schema) -> None:
    told = taken(desk, schema, "名称,单位,状态,年运行费用\n甲,某局,在用,12\n乙,某局,在用,12万元\n", rest=True)
    assert len(told.refused) == 1 and "单位" in told.refused[0].why
    assert all_of(desk)[0]["running_cost"] == "120000"


def test_what_is_no_table_of_the_kind_is_told(desk: Database, schema: Schema) -> None:
    for data, words in (
        ("甲,乙\n1,2\n", "一列也认不出"),
        ("系统名称\n甲\n", "主管单位"),
        ("系统名称,主管单位,状态\n", "没有数据行"),
    ):
        with pytest.raises(ReadingError, match=words):
            taken(desk, schema, data)


def test_a_mapping_names_columns_nobody_knows(desk: Database, schema: Schema) -> None:
    with desk.session() as session:
        read = read_table(
            session,
            schema,
            schema.kind("application"),
            "XTMC,归口,ZT\n甲,某局,在用\n".encode(),
            {"XTMC": "name", "归口": "body", "ZT": "status"},
        )
    assert [r.draft.values for r in read.rows] == [{"name": "甲", "body": "某局", "status": "in_use"}]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_round_trip_loses_nothing(desk: Database, schema: Schema, format: str) -> None:
    taken(desk, schema, APPLICATIONS)
    with desk.session() as session:
        data = table(schema, schema.kind("application"), entries(session, Asked()), format)
    before = all_of(desk)
    told = taken(desk, schema, data)
    assert (told.added, told.changed, told.same, told.refused) == ((), 0, 2, ())
    assert all_of(desk) == before


def test_an_entry_is_known_by_its_code_though_it_was_renamed(desk: Database, schema: Schema) -> None:
    taken(desk, schema, APPLICATIONS)
    assert taken(desk, schema, "编码,系统名称\nYY000001,新审批系统\n").changed == 1
    told = taken(desk, schema, "编码,系统名称\nYY000009,没有\n")
    assert not told.written and "YY000009" in told.refused[0].why
    assert [e["name"] for e in all_of(desk)] == ["新审批系统", "旧门户"]


def test_references_are_found_by_name_or_told(desk: Database, schema: Schema) -> None:
    taken(desk, schema, APPLICATIONS)
    told = taken(
        desk,
        schema,
        "资源名称,提供单位,来源系统\n法人,某局,审批系统\n人口,某局,没有的系统\n",
        "data_resource",
        True,
    )
    assert len(told.added) == 1 and "没有的系统" in told.refused[0].why
    with desk.session() as session:
        assert entry_of(session, schema, "SJ000001").values["application"] == "YY000001"


def test_every_change_keeps_who_when_before_and_after(account: Database, schema: Schema) -> None:
    taken(account, schema, APPLICATIONS)
    with account.session() as session:
        entry = entry_of(session, schema, "YY000001")
        assert change(session, schema, entry, {"owner": "张三", "users": 5}, 1, Doer(ME.at, "李某"))
        assert not change(session, schema, entry, {"owner": "张三"}, 2, ME)
        step(session, schema, entry, "check", 2, ME)
        step(session, schema, entry, "publish", 3, ME)
        told = [(h.version, h.who, h.action, h.before, h.after, h.at) for h in history_of(session, entry)]
    assert told[1] == (
        2,
        "李某",
        "change",
        {"owner": None, "users": None},
        {"owner": "张三", "users": 5},
        ME.at,
    )
    assert [(v, a) for v, _, a, *_ in told] == [(1, "add"), (2, "change"), (3, "check"), (4, "publish")]
    for statement in ("DELETE FROM resource_history", "UPDATE resource_history SET who = 'x'"):
        with pytest.raises(DBAPIError, match="only added to"), account.session() as session:
            session.execute(text(statement))


def test_the_way_of_an_entry_is_the_table_of_transitions(desk: Database, schema: Schema) -> None:
    taken(desk, schema, APPLICATIONS)
    with desk.session() as session:
        entry = entry_of(session, schema, "YY000002")
        with pytest.raises(Refused, match="不能发布"):
            step(session, schema, entry, "publish", 1, ME)
        change(session, schema, entry, {"status": None}, 1, ME)
        with pytest.raises(Refused, match="运行状态：必填"):
            step(session, schema, entry, "check", 2, ME)
        step(session, schema, entry, "withdraw", 2, ME, "重复")
        assert entry.state == "withdrawn"
        with pytest.raises(NotHere):
            entry_of(session, schema, "YY000001", only="别的局")


def test_an_edit_of_what_has_changed_since_is_refused_and_told(account: Database, schema: Schema) -> None:
    taken(account, schema, APPLICATIONS)
    with account.session() as session:
        change(
            session, schema, entry_of(session, schema, "YY000001"), {"owner": "张三"}, 1, Doer(ME.at, "李某")
        )
    with pytest.raises(Conflict, match="李某.*责任人"), account.session() as session:
        change(session, schema, entry_of(session, schema, "YY000001"), {"users": 7}, 1, ME)
    with account.session() as session:
        assert entry_of(session, schema, "YY000001").values["owner"] == "张三"


def test_a_double_is_refused(desk: Database, schema: Schema) -> None:
    taken(desk, schema, APPLICATIONS)
    with desk.session() as session, pytest.raises(Refused, match="YY000001"):
        other = entry_of(session, schema, "YY000002")
        change(session, schema, other, {"name": "审批 系统", "body": "青禾区审批局"}, 1, ME)


def test_concurrent_edits_lose_nothing(account: Database, schema: Schema) -> None:
    """Eight people count one number up by one, five times each: who is refused reads it anew and tries again."""
    taken(account, schema, APPLICATIONS)
    people, times, failed = 8, 5, []

    def work(person: int) -> None:
        for _ in range(times):
            for _ in range(400):
                try:
                    with account.session() as session:
                        entry = entry_of(session, schema, "YY000001")
                        seen = int(entry.values.get("users") or 0)
                        change(
                            session,
                            schema,
                            entry,
                            {"users": seen + 1},
                            entry.version,
                            Doer(ME.at, f"第{person}人"),
                        )
                    break
                except Conflict:
                    continue
            else:
                failed.append(person)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(people)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failed
    with account.session() as session:
        entry = entry_of(session, schema, "YY000001")
        history = history_of(session, entry)
        assert entry.values["users"] == people * times == len(history) - 1
        assert [h.version for h in history] == list(range(1, people * times + 2))
        assert [h.after["users"] for h in history[1:]] == list(range(1, people * times + 1))


def test_a_bureau_adds_a_field_and_a_kind_by_a_file(tmp_path: Path, desk: Database) -> None:
    folder = tmp_path / "layer" / "resources"
    folder.mkdir(parents=True)
    (folder / "application.toml").write_text(
        '[kind]\nid = "application"\n[[field]]\nid = "xinchuang"\nname = "是否信创"\ntype = "yes"\n',
        encoding="utf-8",
    )
    (folder / "camera.toml").write_text(
        '[kind]\nid = "camera"\nname = "摄像头"\nprefix = "SX"\nkey = ["body", "name"]\n'
        '[[field]]\nid = "name"\nname = "点位"\ntype = "text"\nrequired = true\n'
        '[[field]]\nid = "body"\nname = "单位"\ntype = "body"\nrequired = true\n',
        encoding="utf-8",
    )
    mine = load_schema(str(tmp_path / "layer"))
    assert taken(desk, mine, "点位,单位\n东门,某局\n", "camera").added == ("SX000001",)
    taken(desk, mine, "系统名称,主管单位,状态,是否信创\n甲,某局,在用,是\n")
    assert all_of(desk)[0]["xinchuang"] is True
    assert load_schema().kinds["application"].field("xinchuang") is None
    (folder / "bad.toml").write_text(
        '[kind]\nid = "bad"\nname = "坏"\nprefix = "H"\nkey = ["name"]\n[[field]]\nid = "name"\nname = "n"\ntype = "colour"\n',
        encoding="utf-8",
    )
    with pytest.raises(StandardsError, match="colour"):
        load_schema(str(tmp_path / "layer"))


def test_codes_are_not_given_twice(account: Database, schema: Schema) -> None:
    def one(n: int) -> None:
        account.settled(
            lambda s: take(
                s,
                schema,
                read_table(s, schema, schema.kind("site"), f"网站名称,主办单位\n站{n},某局\n".encode()),
                ME,
            )
        )

    threads = [threading.Thread(target=one, args=(n,)) for n in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    with account.session() as session:
        codes = [e.code for e in session.query(Entry)]
        assert sorted(codes) == [f"ZW{n:06d}" for n in range(1, 7)]
        assert counted(session, Asked(kind="site")) == 6
