"""Being late is of the roster line: told by its dates, judged by people, kept, counted, and in the notice when confirmed."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests.web.conftest import Shop
from tests.web.test_roster import on
from tests.web.working import (
    BODY,
    LATE,
    checked,
    confirm_all,
    decide,
    entry_of,
    import_roster,
    last,
    matters,
    season,
    submissions,
    version,
    work,
)
from yibenzhang.office import foreman
from yibenzhang.office.lateness import due_by, keep_up
from yibenzhang.office.models import Job, Matter, State, Submission

DATES = {"approved_on": "2018-02-01"}


def late(shop: Shop, submission: int, gone: bool = False) -> list[Matter]:
    return [m for m in matters(shop, submission, gone, late=True) if m.rule.startswith("deadline.")]


def row(who: Any, number: int, body: str = BODY) -> dict[str, Any]:
    rows = who.get(f"/seasons/{number}.json").json()["rows"]
    return next(r for r in rows if r["body"] == body)


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The 26th of February 2018: five days after the last day."""
    on(monkeypatch, date(2018, 2, 26))


def test_it_stands_on_the_page_and_is_judged_like_others(shop: Shop, day: None) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "1.docx", version(0))
    [m] = late(shop, first.id)
    assert (m.rule, m.severity, m.verdict) == ("deadline.not_published", "warning", "")
    assert "已逾期 5 天" in m.message
    page = who.get(f"/submissions/{first.id}").text
    assert page.count("已逾期 5 天") == 1 and "期限已过，没有登记公开日期" in page and "预算法" in page
    assert row(who, number)["lateness"] == "open" and row(who, number)["errors"] == 1  # the file's own
    answer = who.post(f"/matters/{m.id}/decisions", {"verdict": "dismissed"})
    assert answer.status_code == 409  # a reason is wanted
    assert "核实过" in decide(who, m.id, "dismissed", "核实过：当天已公开，网站改版").text
    [m] = late(shop, first.id)
    assert [(d.who, d.verdict, d.reason) for d in m.decisions] == [
        ("审核人", "dismissed", "核实过：当天已公开，网站改版")
    ]
    board = who.get(f"/seasons/{number}").text
    assert "（已排除）" in board and row(who, number)["lateness_name"] == "已排除"
    decide(who, m.id, "confirmed")
    assert [d.verdict for d in late(shop, first.id)[0].decisions] == ["dismissed", "confirmed"]
    rows = who.get(f"/seasons/{number}/statistics/kinds.json").json()["rows"]
    told = next(r for r in rows if r["name"] == "公开期限")
    assert (told["told"], told["confirmed"], told["dismissed"]) == (1, 1, 0)
    assert "确认逾期 1 个" in who.get(f"/seasons/{number}/statistics/lateness").text


def test_it_keeps_no_file_from_passing_and_is_in_the_notice_once_confirmed(shop: Shop, day: None) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "1.docx", version(0))
    confirm_all(shop, who, first.id)
    [m] = late(shop, first.id)
    page = who.get(f"/submissions/{first.id}/return").text
    assert "没有处理（包括" in page and "已逾期 5 天" in page  # not decided: not in the notice, and said so
    decide(who, m.id, "confirmed", "多次催过")
    page = who.get(f"/submissions/{first.id}/return").text
    assert "没有处理" not in page and "写进通知的问题（2 个）" in page
    answer = who.post(f"/submissions/{first.id}/return", {"due": "2018-03-05"})
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"].split("?")[0]
    rows = who.get(address + ".json").json()["rows"]
    assert len(rows) == 2 and rows[1]["matter"] == m.id and "逾期 5 天" in rows[1]["message"]
    word = zipfile.ZipFile(io.BytesIO(who.get(address + ".docx").content)).read("word/document.xml").decode()
    assert "逾期 5 天" in word and "多次催过" in word and "第十四条" in word
    # the next version mends the file; that it was late stays, decided, and counts once
    second = checked(shop, who, number, "clean.docx")
    assert (second.state, second.round) == (State.CLEAN, 2)
    [n] = late(shop, second.id)
    assert (n.id, n.entry_id, n.submission_id) == (m.id, entry_of(shop, number, BODY), None)
    assert [(d.verdict, d.reason, d.who) for d in n.decisions] == [("confirmed", "多次催过", "审核人")]
    assert "已逾期 5 天" in who.get(f"/submissions/{first.id}").text  # of the line: on every version of it
    assert row(who, number)["lateness"] == "confirmed" and row(who, number)["errors"] == 0
    told = who.get(f"/submissions/{second.id}/changes.json").json()["rows"]
    assert [r["change"] for r in told] == ["已改正"]
    rows = who.get(f"/seasons/{number}/statistics/rules.json").json()["rows"]
    assert next(r for r in rows if "deadline.not_published" in r.values())["told"] == 1
    present = who.get(f"/seasons/{number}/statistics.json").json()["files"]["present"]
    assert present["error"] == 0
    decide(who, n.id, "reopened")
    assert last(shop).state == State.CLEAN


def test_a_file_with_nothing_else_is_returned_for_it(shop: Shop, day: None) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "clean.docx")
    [m] = late(shop, first.id)
    assert 'id="return"' not in who.get(f"/submissions/{first.id}").text
    assert 'id="accept"' in who.get(f"/submissions/{first.id}").text
    shown = decide(who, m.id, "confirmed").text
    assert 'id="return"' in shown and 'id="accept"' in shown
    assert who.post(f"/submissions/{first.id}/return", {"due": "2018-03-05"}).status_code == 303
    assert last(shop).state == State.RETURNED


def test_the_dates_say_what_it_is(shop: Shop, day: None) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    entry = entry_of(shop, number, BODY)
    first = checked(shop, who, number, "1.docx", version(0))
    [m] = late(shop, first.id)
    # a date put right before anybody decided leaves nothing behind
    assert who.post(f"/entries/{entry}", DATES | {"published_on": "2018-02-20"}).status_code == 303
    assert late(shop, first.id) == [] and row(who, number)["lateness"] == ""
    assert "不再报告的" not in who.get(f"/submissions/{first.id}").text
    # published late is another matter than not published
    who.post(f"/entries/{entry}", DATES)
    decide(who, m.id, "confirmed")
    who.post(f"/entries/{entry}", DATES | {"published_on": "2018-02-24"})
    [n] = late(shop, first.id)
    assert (n.rule, n.verdict) == ("deadline.published_late", "") and "逾期 3 天" in n.message
    kept = next(x for x in late(shop, first.id, gone=True) if x.id == m.id)
    assert kept.gone and [d.verdict for d in kept.decisions] == ["confirmed"]
    assert "不再报告的 1 个问题" in who.get(f"/submissions/{first.id}").text
    # the roster says it, too; and what comes back has its decision
    assert import_roster(who, number, f"单位名称,截止日期\n{BODY},2018-03-10\n").status_code == 200
    assert late(shop, first.id) == []
    who.post(f"/entries/{entry}", DATES | {"due_on": "2018-02-21"})
    [back] = late(shop, first.id)
    assert (back.id, back.verdict) == (m.id, "confirmed")
    head = shop.client("负责人")
    rule = {"name": "甲", "days": "60"}
    other = checked(shop, who, number, "2.docx", version(0), entry=entry_of(shop, number, LATE))
    who.post(f"/submissions/{other.id}/profile", {"entry": entry_of(shop, number, LATE)})
    work(shop)
    assert len(late(shop, other.id)) == 1
    assert head.post(f"/seasons/{number}/settings", rule).status_code == 303
    assert late(shop, other.id) == []


def test_a_new_day_makes_late(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    who, head = shop.client("审核人"), shop.client("负责人")
    number = season(shop, head)
    on(monkeypatch, date(2018, 2, 21))
    first = checked(shop, who, number, "1.docx", version(0))
    assert late(shop, first.id) == []
    for day in (22, 24):
        monkeypatch.setattr(foreman, "today", lambda day=day: date(2018, 2, day))
        shop.office.foreman._late()
        [m] = late(shop, first.id)
        assert f"已逾期 {day - 21} 天" in m.message
        if day == 22:
            decide(who, m.id, "confirmed")
    assert m.verdict == "confirmed" and len(late(shop, first.id, gone=True)) == 1
    with shop.office.session() as session:
        assert due_by(session, date(2018, 2, 21)) == []
        assert due_by(session, date(2018, 2, 22)) == [entry_of(shop, number, BODY)]
    head.post(f"/seasons/{number}/close")
    with shop.office.session() as session:
        assert due_by(session, date(2018, 2, 26)) == []
        keep_up(session, [entry_of(shop, number, BODY)], date(2018, 2, 26))
    assert "3 天" in late(shop, first.id)[0].message  # what is closed stays as it was


def test_what_cannot_be_issue_late_holds_up_no_work(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "1.docx", version(0))
    monkeypatch.setattr(foreman, "today", lambda: date(2018, 2, 22))
    with monkeypatch.context() as broken:
        broken.setattr(foreman, "keep_up", lambda *_: 1 / 0)
        shop.office.foreman._late()
    assert shop.office.foreman._day == date(2018, 2, 22)
    monkeypatch.setattr(foreman, "today", lambda: date(2018, 2, 23))
    shop.office.foreman._late()
    assert "已逾期 2 天" in late(shop, first.id)[0].message


def test_drafts_and_other_seasons_have_none(shop: Shop, day: None) -> None:
    shop.person("湖荡厅", body=BODY)
    mine, who = shop.client("湖荡厅"), shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    draft = checked(shop, mine, number, "稿.docx", version(0), draft=True)
    assert late(shop, draft.id) == []
    first = checked(shop, mine, number, "1.docx", version(0))
    assert len(late(shop, first.id)) == 1
    # a withdrawn version no longer shows it; the one before does, and what was decided stays with the line
    second = checked(shop, who, number, "2.docx", version(1))
    [m] = late(shop, second.id)
    decide(who, m.id, "confirmed")
    assert who.post(f"/submissions/{second.id}/withdraw").status_code == 303
    assert late(shop, second.id) == [] and submissions(shop)[1].state == State.REVIEW
    assert [(x.id, x.verdict) for x in late(shop, first.id)] == [(m.id, "confirmed")]
    with shop.office.session() as session:
        assert not session.scalars(select(Job).where(Job.state != "done")).all()
        assert session.get_one(Submission, first.id).state == State.REVIEW
