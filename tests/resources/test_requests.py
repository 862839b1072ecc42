"""Requests: the one table of transitions, ways by share type, who may do what, limits, usage, findings."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from yibenzhang.office.access import NotAllowed, NotHere, Refused
from yibenzhang.office.database import Database
from yibenzhang.resources.account import account_of, bodies
from yibenzhang.resources.applying import Form, apply, offered
from yibenzhang.resources.contradictions import Contradiction, contradictions, rules_of
from yibenzhang.resources.measures import measures_of
from yibenzhang.resources.models import Entry, Request
from yibenzhang.resources.request_lists import Asked, counted, requests
from yibenzhang.resources.request_report import event_row, request_row
from yibenzhang.resources.request_rules import NEW, Rules, day_of, load_rules
from yibenzhang.resources.request_time import due_on, reminders, unknown_years
from yibenzhang.resources.requests import (
    Person,
    events_of,
    expire_due,
    request_of,
    state_on,
    step,
    steps_for,
)
from yibenzhang.resources.schema import Schema
from yibenzhang.resources.store import Conflict, Doer, Draft, add_all
from yibenzhang.resources.usage import Imported, take_usage, used
from yibenzhang.standards import StandardsError

RULES = load_rules()
TODAY = date(2026, 3, 2)
"""A Monday."""
LENDER, ASKER, OTHER, BUREAU = "甲局", "乙局", "丙局", "某市数据局"


def at(day: date = TODAY, who: str = "") -> Doer:
    return Doer(datetime(day.year, day.month, day.day, 1, tzinfo=UTC), who)


def applicant(day: date = TODAY, body: str = ASKER) -> Person:
    return Person(at(day, "申请人"), body)


def provider(day: date = TODAY) -> Person:
    return Person(at(day, "提供人"), LENDER)


def authority(day: date = TODAY) -> Person:
    return Person(at(day, "数据局"), authority=True)


def administrator(day: date = TODAY) -> Person:
    return Person(at(day, "管理员"), authority=True, whole=True)


VALUES = {"user": "张三", "purpose": "核验身份", "ends_on": "2026-12-31"}


def stocked(account: Database, schema: Schema) -> None:
    """Resources of every way: SJ000001 conditional, 2 unconditional, 3 refused, 4 unsaid, 5 not published; YZ000001."""
    data, field, cloud = (schema.kinds[k] for k in ("data_resource", "field", "cloud"))
    shares = {
        "法人": "conditional",
        "区划": "unconditional",
        "涉密": "refused",
        "旧表": None,
        "草稿": "conditional",
    }
    some = [
        Draft(data, {"name": n, "body": LENDER, **({"share": s} if s else {})}) for n, s in shares.items()
    ]
    some[2] = Draft(data, {**some[2].values, "share_condition": "涉及案件"})
    with account.session() as session:
        add_all(session, schema, some[:4], at(), "published")
        add_all(session, schema, some[4:], at())
        add_all(session, schema, [Draft(cloud, {"name": "存储池", "body": BUREAU, "type": "storage", "quota": "100", "measure": "TB"})], at(), "published")  # fmt: skip
        add_all(session, schema, [Draft(field, {"name": n, "label": w, "resource": "SJ000001"}) for n, w in (("MC", "名称"), ("TYXYDM", "代码"))], at())  # fmt: skip


@pytest.fixture
def book(account: Database, schema: Schema) -> Database:
    """SQLite and PostgreSQL."""
    stocked(account, schema)
    return account


@pytest.fixture
def sheet(desk: Database, schema: Schema) -> Database:
    stocked(desk, schema)
    return desk


def ask(
    book: Database, schema: Schema, *codes: str, day: date = TODAY, body: str = ASKER, **more: Any
) -> list[str]:
    with book.session() as session:
        form = Form(body, codes, {**VALUES, **more})
        return [r.code for r in apply(session, schema, RULES, form, applicant(day, body), day)]


def take(book: Database, code: str, event: str, person: Person, day: date = TODAY, reason: str = "", **values: Any) -> str:  # fmt: skip
    with book.session() as session:
        r = request_of(session, RULES, code)
        step(session, RULES, r, event, r.version, person, day, reason, values)
        return r.state


def delivered(book: Database, schema: Schema, resource: str = "SJ000001", interface: str = "fr_query", day: date = TODAY, body: str = ASKER) -> str:  # fmt: skip
    [code] = ask(book, schema, resource, day=day, body=body)
    if resource == "SJ000001":
        take(book, code, "provider_agree", provider(day), day)
    take(book, code, "authority_agree", authority(day), day)
    take(book, code, "deliver", administrator(day), day, interface=interface)
    return code


def states(book: Database, *codes: str, day: date = TODAY) -> list[str]:
    with book.session() as session:
        return [state_on(RULES, request_of(session, RULES, c), day) for c in codes]


def take_in(book: Database, schema: Schema, table: str, day: date, rest: bool = False) -> Imported:
    with book.session() as session:
        return take_usage(session, schema, RULES, table.encode(), at(day, "平台"), day, rest)


# ---- the table -----------------------------------------------------------------------------------------


def test_every_step_is_a_line_of_the_table() -> None:
    whole = {(before, s.id): s.after for s in RULES.steps.values() for before in s.before}
    assert whole[("provider", "provider_agree")] == "authority"
    assert whole[("authority", "authority_agree")] == "delivery"
    assert whole[("delivery", "deliver")] == "delivered" and whole[("delivered", "use")] == "used"
    for state in RULES.states:
        for event in RULES.steps:
            assert RULES.after(state, event) == whole.get((state, event), "")
    for state in RULES.marked("over"):
        assert RULES.steps_from(state) == []
    reached = {NEW, *whole.values()}
    assert reached == set(RULES.states), "a state nobody comes to"
    assert RULES.folded(("apply", "route_provider", "provider_agree", "authority_agree", "deliver", "use", "end")) == "ended"  # fmt: skip
    with pytest.raises(ValueError, match="deliver"):
        RULES.folded(("apply", "route_authority", "deliver"))


@given(st.lists(st.sampled_from(sorted(RULES.steps)), max_size=12))
def test_whatever_happens_the_state_is_what_the_events_lead_to(events: list[str]) -> None:
    state, done = NEW, []
    for event in events:
        after = RULES.after(state, event)
        if after:
            state = after
            done.append(event)
    assert RULES.folded(done) == state


def test_a_table_that_names_what_is_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "resources").mkdir()
    path = tmp_path / "resources" / "requests.toml"
    path.write_text('[[transition]]\nid = "end"\nto = "nowhere"\n', encoding="utf-8")
    with pytest.raises(StandardsError, match="end: nowhere"):
        load_rules(str(tmp_path))
    path.write_text('[[way]]\nid = "conditional"\nlimits = { provider = 7 }\n', encoding="utf-8")
    assert load_rules(str(tmp_path)).ways["conditional"].limits == {"provider": 7}


# ---- ways ----------------------------------------------------------------------------------------------


def test_the_share_type_decides_the_way(book: Database, schema: Schema) -> None:
    codes = ask(book, schema, "SJ000001", "SJ000002", "SJ000003", "SJ000004", "YZ000001", quantity="5", measure="TB")  # fmt: skip
    assert codes == [f"SQ00000{n}" for n in range(1, 6)]
    assert states(book, *codes) == ["provider", "authority", "refused", "provider", "authority"]
    with book.session() as session:
        declined = request_of(session, RULES, codes[2])
        last = events_of(session, declined)[-1]
        assert (last.event, last.role, last.who) == ("decline", "program", "程序")
        assert "涉及案件" in last.reason and declined.over_at is not None
        cloud = request_of(session, RULES, codes[4])
        assert (cloud.provider, cloud.form, cloud.values["quantity"]) == ("", codes[0], "5")
        assert "quantity" not in request_of(session, RULES, codes[0]).values


def test_the_whole_way_keeps_who_when_before_and_after(book: Database, schema: Schema) -> None:
    [code] = ask(book, schema, "SJ000001", fields="名称，tyxydm")
    assert take(book, code, "provider_agree", provider(), reason="同意") == "authority"
    assert take(book, code, "authority_agree", authority()) == "delivery"
    assert take(book, code, "deliver", provider(), interface="fr_query") == "delivered"
    told = take_in(
        book, schema, f"申请编号,日期,调用次数,返回行数\n{code},2026-03-05,3,30\n", date(2026, 3, 6)
    )
    assert (told.added, told.first) == (1, (code,))
    assert take(book, code, "end", applicant(date(2026, 4, 1)), date(2026, 4, 1), "办完了") == "ended"
    with book.session() as session:
        r = request_of(session, RULES, code)
        events = events_of(session, r)
        assert RULES.folded(e.event for e in events) == r.state == "ended"
        assert [e.version for e in events] == list(range(1, len(events) + 1)) and events[
            -1
        ].version == r.version
        assert [(e.event, e.role, e.who) for e in events] == [
            ("apply", "applicant", "申请人"),
            ("route_provider", "program", "程序"),
            ("provider_agree", "provider", "提供人"),
            ("authority_agree", "authority", "数据局"),
            ("deliver", "provider", "提供人"),
            ("use", "program", "程序"),
            ("end", "applicant", "申请人"),
        ]
        assert events[4].before == {"state": "delivery", "interface": None}
        assert events[4].after == {"state": "delivered", "interface": "fr_query"}
        assert events[0].after["fields"] == "名称、代码"
        assert event_row(schema, RULES, r, events[4])["told"] == "待交付 → 已交付；交付的接口：∅ → fr_query"
        assert request_row(schema, RULES, r, TODAY)["over_on"] == date(2026, 4, 1)
    for table in ("resource_request_events", "resource_usage"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET who = 'x'"):
            with pytest.raises(DBAPIError, match="only added to"), book.session() as session:
                session.execute(text(statement))


def test_an_answer_of_no_needs_a_reason_and_ends_it(sheet: Database, schema: Schema) -> None:
    [code] = ask(sheet, schema, "SJ000001")
    with pytest.raises(Refused, match="理由"):
        take(sheet, code, "provider_refuse", provider(), reason=" ")
    assert take(sheet, code, "provider_refuse", provider(), reason="没有依据") == "refused"
    with pytest.raises(Refused, match="现在是“不同意”"):
        take(sheet, code, "authority_agree", authority())
    [other] = ask(sheet, schema, "SJ000001")
    assert take(sheet, other, "withdraw", applicant()) == "withdrawn"


WRONG: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    ({"purpose": None}, ("SJ000001",), "用途：必填"),
    ({"ends_on": "2026-03-01"}, ("SJ000001",), "已经过去"),
    ({"begins_on": "2027-01-01"}, ("SJ000001",), "晚于"),
    ({"fields": "名称、电话"}, ("SJ000001",), "没有这些字段：电话"),
    ({}, ("YZ000001",), "要写“数量”"),
    ({"quantity": "0"}, ("YZ000001",), "大于零"),
    ({"quantity": "9" * 40}, ("YZ000001",), "大得离谱"),
    ({}, ("SJ000005",), "没有发布"),
    ({}, ("ZD000001",), "不是能申请的资源"),
    ({}, (), "至少选一个"),
]


@pytest.mark.parametrize(("values", "codes", "words"), WRONG)
def test_a_form_that_will_not_do_is_refused_whole(sheet: Database, schema: Schema, values: dict[str, Any], codes: tuple[str, ...], words: str) -> None:  # fmt: skip
    with pytest.raises(Refused, match=words):
        ask(sheet, schema, *(("SJ000002", *codes) if codes else ()), **values)
    with sheet.session() as session:
        assert counted(session, RULES, Asked(), TODAY) == 0


def test_nobody_asks_for_its_own_or_twice_or_for_another_body(sheet: Database, schema: Schema) -> None:
    with pytest.raises(Refused, match="本单位自己的资源"):
        ask(sheet, schema, "SJ000001", body=LENDER)
    ask(sheet, schema, "SJ000001")
    with pytest.raises(Refused, match="SQ000001 还没有办完"):
        ask(sheet, schema, "SJ000001")
    with pytest.raises(NotAllowed), sheet.session() as session:
        apply(session, schema, RULES, Form(OTHER, ("SJ000001",), VALUES), applicant(), TODAY)
    with sheet.session() as session:
        assert apply(session, schema, RULES, Form(OTHER, ("SJ000001",), VALUES), administrator(), TODAY)
        assert [e.code for e in offered(session, RULES, "法人")] == ["SJ000001"]
        assert [e.code for e in offered(session, RULES, kind="cloud")] == ["YZ000001"]


# ---- who -----------------------------------------------------------------------------------------------

MAY = {
    "provider_agree": "提供人 管理员", "provider_refuse": "提供人 管理员", "authority_agree": "数据局 管理员",
    "authority_refuse": "数据局 管理员", "deliver": "提供人 数据局 管理员", "withdraw": "申请人 管理员",
    "end": "申请人 提供人 数据局 管理员", "apply": "申请人 管理员", "route_provider": "", "route_authority": "", "decline": "",
    "use": "", "expire": "",
}  # fmt: skip


@pytest.mark.parametrize("event", RULES.steps)
def test_each_step_is_for_those_of_the_table(sheet: Database, schema: Schema, event: str) -> None:
    people = [applicant(), provider(), authority(), administrator(), applicant(body=OTHER)]
    [code] = ask(sheet, schema, "SJ000001")
    found = RULES.steps[event]
    allowed = []
    for person in people:
        with sheet.session() as session:
            r = request_of(session, RULES, code)
            r.state = sorted(found.before)[0]
            session.flush()
            offered_too = event in {s.id for s in steps_for(RULES, r, person, TODAY)}
            try:
                step(session, RULES, r, event, r.version, person, TODAY, "理由", {"interface": "x"})
                allowed.append(person)
            except NotAllowed:
                pass
            assert offered_too == (person in allowed)
            session.rollback()
    assert {p.doer.who for p in allowed} == set(MAY[event].split())
    assert len(allowed) == len(MAY[event].split()), "another department is nobody here"


def test_each_body_sees_what_it_asked_for_and_what_is_asked_of_it(sheet: Database, schema: Schema) -> None:
    mine, foreign = ask(sheet, schema, "SJ000001", "YZ000001", quantity="1"), ask(sheet, schema, "SJ000002", body=OTHER)  # fmt: skip

    def seen(**asked: Any) -> list[str]:
        with sheet.session() as session:
            return sorted(r.code for r in requests(session, RULES, Asked(**asked), TODAY))

    assert seen(only=ASKER) == mine and seen(only=OTHER) == foreign and seen(only="丁局") == []
    assert seen(only=LENDER) == [mine[0], *foreign] and seen() == [*mine, *foreign]
    assert seen(only=BUREAU) == [], "who merely uses a cloud resource does not provide it"
    assert seen(turn=frozenset({"provider"}), only=LENDER) == [mine[0]]
    assert seen(turn=frozenset({"authority"})) == [mine[1], *foreign]
    assert seen(kind="cloud") == [mine[1]] and seen(find="区划") == foreign and seen(body=OTHER) == foreign
    with sheet.session() as session, pytest.raises(NotHere):
        request_of(session, RULES, mine[1], only=LENDER)


# ---- together ------------------------------------------------------------------------------------------


def test_of_two_answers_at_the_same_moment_one_is_told_of_the_other(book: Database, schema: Schema) -> None:
    [code] = ask(book, schema, "SJ000001")
    with book.session() as session:
        seen = request_of(session, RULES, code).version
    take(book, code, "provider_refuse", provider(), reason="没有依据")
    with pytest.raises(Conflict, match="提供人.*提供方不同意"), book.session() as session:
        step(session, RULES, request_of(session, RULES, code), "withdraw", seen, applicant(), TODAY)
    assert states(book, code) == ["refused"]


def test_concurrent_answers_lose_nothing(book: Database, schema: Schema) -> None:
    """Of eight who answer every request at once one is taken, and seven are told so."""
    codes = [ask(book, schema, "SJ000001", body=f"第{n}局")[0] for n in range(5)]
    told: list[str] = []
    ready = threading.Barrier(8)

    def answer(n: int) -> None:
        for code in codes:
            with book.session() as session:
                version = request_of(session, RULES, code).version
            ready.wait(30)
            try:
                with book.session() as session:
                    r = request_of(session, RULES, code)
                    person = replace(provider(), doer=at(who=f"第{n}人"))
                    step(session, RULES, r, ("provider_agree", "provider_refuse")[n % 2], version, person, TODAY, "理由")  # fmt: skip
                told.append("done")
            except Conflict:
                told.append("told")
            ready.wait(30)

    threads = [threading.Thread(target=answer, args=(n,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert told.count("done") == 5 and told.count("told") == 35
    with book.session() as session:
        for code in codes:
            r = request_of(session, RULES, code)
            events = events_of(session, r)
            assert RULES.folded(e.event for e in events) == r.state and len(events) == r.version == 3


def test_of_colleagues_who_ask_at_the_same_moment_one_does(book: Database, schema: Schema) -> None:
    told: list[str] = []
    ready = threading.Barrier(6)

    def one() -> None:
        ready.wait(30)
        try:
            told.extend(ask(book, schema, "SJ000001", "SJ000002"))
        except Refused as error:
            told.append(str(error)[:4])

    threads = [threading.Thread(target=one) for _ in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(told) == ["SQ000001", "SQ000002", *["本单位已"] * 5]


# ---- time ----------------------------------------------------------------------------------------------


def test_working_days_know_weekends_holidays_and_days_worked_for_them() -> None:
    c = RULES.calendar
    assert c.after(date(2026, 3, 6), 1) == date(2026, 3, 9)
    assert c.after(date(2026, 2, 13), 1) == date(2026, 2, 14) and c.after(date(2026, 2, 13), 2) == date(2026, 2, 24)  # fmt: skip
    assert c.between(date(2026, 9, 30), date(2026, 10, 10)) == 3 and c.between(date(2026, 3, 9), date(2026, 3, 6)) == -1  # fmt: skip
    assert unknown_years(RULES, [date(2026, 1, 1), date(2031, 1, 1)]) == [2031]
    start = date(2026, 1, 1)
    for n in range(0, 365, 7):
        day = start + timedelta(days=n)
        assert c.between(day, c.after(day, 10)) == 10


def test_what_is_late_and_what_soon_will_be(sheet: Database, schema: Schema) -> None:
    [code] = ask(sheet, schema, "SJ000001")

    def told(day: date, only: str | None = None) -> list[tuple[str, str, int]]:
        with sheet.session() as session:
            return [(r.what, r.waits_for, r.left) for r in reminders(session, RULES, day, only)]

    with sheet.session() as session:
        assert due_on(RULES, request_of(session, RULES, code)) == date(2026, 3, 16)
    assert told(date(2026, 3, 11)) == []
    assert told(date(2026, 3, 12)) == [("soon", LENDER, 2)] and told(date(2026, 3, 16)) == [
        ("soon", LENDER, 0)
    ]
    assert told(date(2026, 3, 17)) == [("late", LENDER, -1)] and told(date(2026, 3, 17), OTHER) == []
    take(sheet, code, "provider_agree", provider(date(2026, 3, 17)), date(2026, 3, 17))
    assert told(date(2026, 3, 18)) == [] and told(date(2026, 3, 25)) == [("late", "", -1)]
    take(sheet, code, "authority_agree", authority(date(2026, 3, 25)), date(2026, 3, 25))
    take(sheet, code, "deliver", provider(date(2026, 3, 26)), date(2026, 3, 26), interface="x")
    assert told(date(2026, 11, 30)) == [] and told(date(2026, 12, 1)) == [("ending", ASKER, 30)]


def test_a_period_ends_by_itself_and_is_written_down(sheet: Database, schema: Schema) -> None:
    code, late = delivered(sheet, schema), date(2027, 1, 5)
    assert states(sheet, code, day=date(2026, 12, 31)) == ["delivered"] and states(sheet, code, day=late) == ["expired"]  # fmt: skip
    with sheet.session() as session:
        for state, count in (("expired", 1), ("delivered", 0)):
            assert counted(session, RULES, Asked(state=state), late) == count
    with pytest.raises(Refused, match="已到期"):
        take(sheet, code, "end", applicant(late), late, "不用了")
    with sheet.session() as session:
        assert expire_due(session, RULES, late, at(late)) == [code] and expire_due(session, RULES, late, at(late)) == []  # fmt: skip
        r = request_of(session, RULES, code)
        assert (r.state, request_row(schema, RULES, r, late)["over_on"]) == ("expired", date(2026, 12, 31))
        assert RULES.folded(e.event for e in events_of(session, r)) == "expired"


# ---- usage ---------------------------------------------------------------------------------------------


def test_usage_comes_in_by_request_or_interface_and_the_last_line_counts(
    book: Database, schema: Schema
) -> None:
    code, day = delivered(book, schema), date(2026, 3, 20)
    table = f"申请编号,接口名称,单位,日期,调用次数,行数\n{code},,,2026-03-03,5,50\n,fr_query,,2026-03-04,7,\n,法人,{ASKER},2026-03-05,0,\n"
    first = take_in(book, schema, table, day)
    assert (first.added, first.changed, first.same, first.first) == (3, 0, 0, (code,))
    again = take_in(book, schema, table.replace(",7,", ",9,"), day)
    assert (again.added, again.changed, again.same, again.first) == (0, 1, 2, ())
    with book.session() as session:
        [u] = used(session, RULES)
        assert (u.interface, u.calls, u.days, u.records, u.first) == ("fr_query", 14, 2, 50, date(2026, 3, 3))
        assert used(session, RULES, OTHER) == [] and len(used(session, RULES, LENDER)) == 1
    assert states(book, code) == ["used"]


BAD = [
    ("SQ000009,,,2026-03-03,1,", "没有编号为 SQ000009"),
    (",,,2026-03-03,1,", "没有写申请编号，也没有写接口"),
    ("SQ000001,别的,,2026-03-03,1,", "不是申请 SQ000001 交付的"),
    ("SQ000001,,丙局,2026-03-03,1,", "申请 SQ000001 的单位是乙局"),
    (",没有的,乙局,2026-03-03,1,", "不是交付过的接口"),
    (",区划,,2026-03-03,1,", "不知道是谁用的"),
    ("SQ000001,,,2026-04-03,1,", "还没有到"),
    ("SQ000001,,,2026-03-03,-1,", "不能小于零"),
    ("SQ000001,,,2026-03-33,1,", "不是日期"),
]


def test_every_line_that_cannot_be_bound_has_its_reason_and_nothing_is_half_taken(sheet: Database, schema: Schema) -> None:  # fmt: skip
    delivered(sheet, schema)
    head = "申请编号,接口,使用单位,日期,次数,行数\nSQ000001,,,2026-03-02,1,\n"
    told = take_in(sheet, schema, head + "".join(f"{line}\n" for line, _ in BAD), date(2026, 3, 20))
    assert not told.written and [r.line for r in told.refused] == list(range(3, 12))
    for refused, (_, words) in zip(told.refused, BAD, strict=True):
        assert words in refused.why
    with sheet.session() as session:
        assert [u.days for u in used(session, RULES)] == [0]
    rest = take_in(sheet, schema, head + f"{BAD[0][0]}\n", date(2026, 3, 20), rest=True)
    assert rest.written and rest.added == 1 and len(rest.refused) == 1


def test_an_interface_of_several_bodies_needs_the_body(sheet: Database, schema: Schema) -> None:
    one, other = delivered(sheet, schema), delivered(sheet, schema, body=OTHER)
    table = "接口,使用单位,日期,次数\nfr_query,{},2026-03-03,4\n"
    told = take_in(sheet, schema, table.format(""), date(2026, 3, 9))
    assert "有 2 个申请在用" in told.refused[0].why
    assert take_in(sheet, schema, table.format(OTHER), date(2026, 3, 9)).first == (other,)
    assert states(sheet, one, other) == ["delivered", "used"]
    take(sheet, one, "end", applicant(), reason="不用了")
    told = take_in(sheet, schema, "接口,日期,次数\nfr_query,2026-03-05,4\n", date(2026, 3, 9))
    assert not told.written, "it may be the one that was ended: nobody is accused by a guess"


def test_of_a_request_and_its_successor_the_day_decides(sheet: Database, schema: Schema) -> None:
    old, later = delivered(sheet, schema), date(2026, 6, 1)
    take(sheet, old, "end", applicant(date(2026, 5, 4)), date(2026, 5, 4), "换一个")
    new = delivered(sheet, schema, day=later)
    take_in(sheet, schema, "接口,日期,次数\nfr_query,2026-04-01,1\nfr_query,2026-06-02,2\nfr_query,2026-05-20,4\n", date(2026, 6, 9))  # fmt: skip
    with sheet.session() as session:
        assert {u.request.code: u.calls for u in used(session, RULES) if u.request} == {old: 5, new: 2}


# ---- findings ------------------------------------------------------------------------------------------


def found(book: Database, schema: Schema, day: date, only: str | None = None) -> list[Contradiction]:
    with book.session() as session:
        some = contradictions(session, schema, rules_of(), measures_of(), day, only=only)
    return [c for c in some if c.rule.startswith("request.")]


def test_what_is_found_in_the_records(sheet: Database, schema: Schema) -> None:
    used_one, idle = delivered(sheet, schema), delivered(sheet, schema, "SJ000002", "qh")
    waiting = ask(sheet, schema, "SJ000004")[0]
    big = ask(sheet, schema, "YZ000001", quantity="120", measure="TB")[0]
    assert {c.rule for c in found(sheet, schema, TODAY)} == {"request.quota"}
    take(sheet, used_one, "end", applicant(date(2026, 4, 1)), date(2026, 4, 1), "不用了")
    table = "申请编号,接口,使用单位,日期,次数\n{0},,,2026-03-01,1\n{0},,,2026-04-01,1\n{0},,,2026-06-30,5\n,旧表,丙局,2026-06-01,8\n,旧表,甲局,2026-06-01,8\n"
    assert take_in(sheet, schema, table.format(used_one), date(2026, 7, 1)).written
    some = found(sheet, schema, date(2026, 7, 1))
    assert {(c.rule, c.code, c.body) for c in some} == {
        ("request.after_end", used_one, ASKER),
        ("request.early", used_one, ASKER),
        ("request.none", "SJ000004", OTHER),
        ("request.unused", idle, ASKER),
        ("request.overdue", waiting, LENDER),
        ("request.overdue", big, ASKER),
        ("request.quota", big, ASKER),
    }
    assert "2026-04-01已结束，以后还在用：2026-06-30 至 2026-06-30，5 次" in some[0].message
    late = next(c for c in some if c.code == big and c.rule == "request.overdue")
    assert "主管部门还没有办" in late.message
    assert {c.code for c in found(sheet, schema, date(2026, 7, 1), OTHER)} == {"SJ000004"}


def test_usage_to_the_last_day_is_right_and_the_day_after_is_not(sheet: Database, schema: Schema) -> None:
    code, day = delivered(sheet, schema), date(2027, 1, 9)
    take_in(sheet, schema, f"申请,日期,次数\n{code},2026-12-31,1\n", day)
    assert found(sheet, schema, day) == []
    take_in(sheet, schema, f"申请,日期,次数\n{code},2027-01-01,2\n", day)
    assert [c.rule for c in found(sheet, schema, day)] == ["request.after_end"]


def test_the_records_keep_no_state_of_their_own(sheet: Database, schema: Schema) -> None:
    delivered(sheet, schema)
    ask(sheet, schema, "SJ000002", "SJ000003", "YZ000001", quantity="1")
    with sheet.session() as session:
        for r in session.query(Request):
            assert r.state == RULES.folded(e.event for e in events_of(session, r))
            assert day_of(r.applied_at) == TODAY and session.get(Entry, r.entry_id) is not None


def test_rules_are_data_that_a_bureau_may_change(tmp_path: Path) -> None:
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "requests.toml").write_text(
        '[calendar.2027]\noff = ["2027-01-01"]\n[remind]\ndays = 5\n', encoding="utf-8"
    )
    made: Rules = load_rules(str(tmp_path))
    assert made.calendar.years == {2026, 2027} and made.words["remind"] == {"days": 5, "ending": 30}


def test_they_stand_on_the_page_of_a_body(sheet: Database, schema: Schema) -> None:
    delivered(sheet, schema)
    ask(sheet, schema, "SJ000004")

    def told(body: str, day: date) -> dict[str, tuple[str, ...]]:
        with sheet.session() as session:
            assert {ASKER, LENDER} <= set(bodies(session))
            made = account_of(session, schema, body, day)
        return {f.name: f.codes for s in made.sections if s.id == "requests" for f in s.figures}

    both = ("SQ000002", "SQ000001")
    assert told(ASKER, TODAY) == {
        "本单位申请的": both,
        "其中还在办的": ("SQ000002",),
        "其中可以使用的": ("SQ000001",),
    }
    late = {"其中等本单位办的": ("SQ000002",), "其中逾期的": ("SQ000002",)}
    assert told(LENDER, date(2026, 4, 1)) == {"别的单位向本单位申请的": both, **late}
    assert told(OTHER, TODAY) == {}
