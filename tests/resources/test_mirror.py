"""The account as rules see it, kept from one question to the next: it is always what a fresh reading gives."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest

from yibenzhang.office.database import Database
from yibenzhang.resources.contradictions import contradictions, rules_of
from yibenzhang.resources.measures import measures_of
from yibenzhang.resources.mirror import Mirror
from yibenzhang.resources.models import Entry, History
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.store import Doer, Draft, add_all, change, entry_of, step

DAY = date(2026, 9, 1)
DOER = Doer(datetime(2026, 9, 1, tzinfo=UTC), "王某")


def put(account: Database, schema: Schema, kind: str, **values: Any) -> str:
    with account.session() as session:
        return add_all(session, schema, [Draft(schema.kinds[kind], values)], DOER)[0]


def rows(account: Database, schema: Schema, mirror: Mirror) -> list[Any]:
    with account.session() as session, mirror.tables(session, DAY) as con:
        return [sorted(map(str, con.execute(f'SELECT * FROM "{k}"').fetchall())) for k in schema.kinds]


def same(account: Database, schema: Schema, mirror: Mirror) -> None:
    assert rows(account, schema, mirror) == rows(account, schema, Mirror(schema))


def test_it_follows_every_change(account: Database, schema: Schema) -> None:
    mirror = Mirror(schema)
    same(account, schema, mirror)
    code = put(account, schema, "application", name="甲系统", body="甲局", owner="张三", status="in_use")
    same(account, schema, mirror)
    put(
        account,
        schema,
        "cloud",
        name="主机",
        body="甲局",
        type="host",
        quota="10",
        used="1",
        cost="5",
        cost_year=2026,
    )
    with account.session() as session:
        e = entry_of(session, schema, code)
        change(session, schema, e, {"name": "乙系统"}, e.version, DOER)
    same(account, schema, mirror)
    with account.session() as session:
        e = entry_of(session, schema, code)
        step(session, schema, e, schema.steps(e.state)[0].id, e.version, DOER, "")
    same(account, schema, mirror)
    with account.session() as session:
        found = [
            contradictions(session, schema, rules_of(), measures_of(), DAY, mirror=m) for m in (mirror, None)
        ]
    assert found[0] == found[1] and "cloud.unused" in {c.rule for c in found[0]}


def test_a_change_saved_under_an_earlier_number_is_not_missed(account: Database, schema: Schema) -> None:
    """Two write at once: the one that took its number first may be seen last."""
    mirror = Mirror(schema)
    first = put(account, schema, "application", name="甲系统", body="甲局", owner="张三", status="in_use")
    rows(account, schema, mirror)
    with account.session() as session:
        last = max(session.scalars(History.__table__.select().with_only_columns(History.id)))
    put(account, schema, "application", name="乙系统", body="甲局", owner="张三", status="in_use")
    same(account, schema, mirror)
    with account.session() as session:
        e = entry_of(session, schema, first)
        e.name, e.values = "丙系统", {**e.values, "name": "丙系统"}
        session.add(History(id=last + 1_000, entry_id=e.id, version=2, at=DOER.at, action="change"))
    rows(account, schema, mirror)
    with account.session() as session:
        e = entry_of(session, schema, first)
        e.values = {**e.values, "name": "丁系统"}
        session.add(History(id=last + 500, entry_id=e.id, version=3, at=DOER.at, action="change"))
    same(account, schema, mirror)


def test_one_asks_while_another_writes(account: Database, schema: Schema) -> None:
    """What one asks stays as it was when it began; the next sees what was written; nothing is lost between them."""
    mirror = Mirror(schema)
    put(account, schema, "application", name="甲系统", body="甲局", owner="张三", status="in_use")
    with account.session() as session, mirror.tables(session, DAY) as con:
        asked = "SELECT count(*) FROM application"
        before = con.execute(asked).fetchall()
        put(account, schema, "application", name="乙系统", body="甲局", owner="张三", status="in_use")
        with account.session() as other, mirror.tables(other, DAY) as there:
            assert there.execute(asked).fetchall() == [(2,)]
        assert con.execute(asked).fetchall() == before == [(1,)]
    same(account, schema, mirror)


def test_many_at_once(account: Database, schema: Schema) -> None:
    mirror = Mirror(schema)
    wrong: list[BaseException] = []

    def work(n: int) -> None:
        try:
            for k in range(5):
                put(
                    account,
                    schema,
                    "application",
                    name=f"系统{n}-{k}",
                    body=f"{n}局",
                    owner="张三",
                    status="in_use",
                )
                with account.session() as session:
                    contradictions(session, schema, rules_of(), measures_of(), DAY, mirror=mirror)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []
    same(account, schema, mirror)
    with account.session() as session:
        assert session.query(Entry).count() == 20


@pytest.mark.parametrize("many", [0, 3])
def test_many_changes_are_read_with_all_the_rest(
    account: Database, schema: Schema, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr("yibenzhang.resources.mirror._MANY", many)
    mirror = Mirror(schema)
    for n in range(6):
        put(account, schema, "application", name=f"系统{n}", body="甲局", owner="张三", status="in_use")
        if n % 3 == 0:
            same(account, schema, mirror)
    same(account, schema, mirror)
