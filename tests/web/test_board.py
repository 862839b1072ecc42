"""The board of a season: sorted, filtered, assigned, dated and reminded in bulk; what changed since the last visit."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from urllib.parse import unquote_plus

import docx
import pytest
from sqlalchemy import select, update

from tests.web.conftest import Browser, Shop
from tests.web.working import (
    BODY,
    LATE,
    OTHER,
    checked,
    decide,
    entry_of,
    give_back,
    matters,
    season,
    version,
)
from yibenzhang.office.audit import in_words
from yibenzhang.office.desk_models import Assignment, Reminder, Visit
from yibenzhang.office.lateness import today
from yibenzhang.office.models import Audit, Entry, Role, User, now

SOON = (today() + timedelta(days=5)).isoformat()


def person(shop: Shop, name: str) -> int:
    with shop.office.session() as session:
        return session.scalars(select(User.id).where(User.name == name)).one()


def bodies(who: Browser, number: int, query: str = "") -> list[str]:
    return [r["body"] for r in who.get(f"/seasons/{number}.json{query}").json()["rows"]]


@pytest.fixture
def board(shop: Shop) -> tuple[Shop, Browser, int]:
    head = shop.client("负责人")
    number = season(shop, head)
    checked(shop, head, number, "三个错误.docx", version(0, 1, 2))
    return shop, shop.client("审核人"), number


def test_any_column_sorts_and_filters_combine(board: tuple[Shop, Browser, int]) -> None:
    shop, who, number = board
    usual = bodies(who, number)
    assert bodies(who, number, "?sort=-errors")[0] == BODY and bodies(who, number, "?sort=errors")[-1] == BODY
    assert bodies(who, number, "?sort=body") == sorted(usual)
    assert bodies(who, number, "?sort=-body") == sorted(usual, reverse=True)
    assert bodies(who, number, "?sort=evil") == usual
    for column in (
        "status",
        "round",
        "undecided",
        "proved",
        "unchecked",
        "due_on",
        "published_on",
        "late",
        "reviewer",
    ):
        assert sorted(bodies(who, number, f"?sort=-{column}")) == sorted(usual), column
    assert bodies(who, number, "?late=true&status=late&find=竹林") == [LATE]
    assert bodies(who, number, "?late=true&status=review&find=竹林") == []
    page = who.get(f"/seasons/{number}?status=late&sort=-late").text
    assert 'aria-sort="descending"' in page and "status=late" in page
    told = who.get(f"/seasons/{number}.json").json()["rows"]
    mine = next(r for r in told if r["body"] == BODY)
    assert mine["undecided"] == mine["errors"] + mine["warnings"] > 0
    decide(who, matters(shop, mine["submission"])[0].id, "confirmed")
    again = next(r for r in who.get(f"/seasons/{number}.json").json()["rows"] if r["body"] == BODY)
    assert again["undecided"] == mine["undecided"] - 1 and again["errors"] == mine["errors"], (
        "confirmed still stands"
    )


def test_reviewers_are_assigned_in_bulk(board: tuple[Shop, Browser, int]) -> None:
    shop, who, number = board
    chosen = [entry_of(shop, number, b) for b in (BODY, OTHER)]
    me = person(shop, "审核人")
    fields = {"act": "assign", "entries": chosen, "reviewer": str(me), "asked": "status=late&evil=1"}
    done = who.post(f"/seasons/{number}/entries", fields)
    assert done.status_code == 303 and done.headers["location"].startswith(
        f"/seasons/{number}?status=late&said="
    )
    assert sorted(bodies(who, number, f"?reviewer={me}")) == sorted([BODY, OTHER])
    assert LATE in bodies(who, number, "?reviewer=none") and BODY not in bodies(who, number, "?reviewer=none")
    assert "（我）" in who.get(f"/seasons/{number}").text
    found = who.get(f"/seasons/{number}/findings.json?reviewer={me}").json()["rows"]
    assert {r["body"] for r in found} == {BODY}
    who.post(f"/seasons/{number}/entries", {"act": "assign", "entries": chosen[:1], "reviewer": "0"})
    assert bodies(who, number, f"?reviewer={me}") == [OTHER]
    department = shop.person("湖荡", body=BODY)
    assert who.post(f"/seasons/{number}/entries", {**fields, "reviewer": str(department)}).status_code == 409
    with shop.office.session() as session:
        assert (
            session.scalars(select(Audit.action).where(Audit.action == "entry.assign")).all()
            == ["entry.assign"] * 2
        )
    removed = who.post(f"/entries/{chosen[1]}/remove")
    assert removed.status_code == 303
    with shop.office.session() as session:
        assert session.scalars(select(Assignment.entry_id)).all() == []


def test_last_days_are_set_in_bulk(board: tuple[Shop, Browser, int]) -> None:
    shop, who, number = board
    chosen = [entry_of(shop, number, b) for b in (OTHER, LATE)]
    fields = {"act": "due", "entries": chosen}
    assert who.post(f"/seasons/{number}/entries", {**fields, "due": "2018-03-31"}).status_code == 303
    rows = {r["body"]: r["due_on"] for r in who.get(f"/seasons/{number}.json").json()["rows"]}
    assert rows[OTHER] == rows[LATE] == "2018-03-31" and rows[BODY] == "2018-02-21"
    who.post(f"/seasons/{number}/entries", fields)
    rows = {r["body"]: r["due_on"] for r in who.get(f"/seasons/{number}.json").json()["rows"]}
    assert rows[OTHER] == "2018-02-21", "worked out from the approval again"
    assert who.post(f"/seasons/{number}/entries", {**fields, "due": "1018-03-31"}).status_code == 409
    assert who.post(f"/seasons/{number}/entries", {"act": "due", "due": "2018-03-31"}).status_code == 409


def due_days(who: Browser, number: int) -> dict[str, str]:
    return {r["body"]: r["due_on"] for r in who.get(f"/seasons/{number}.json").json()["rows"]}


def take_back(who: Browser, number: int) -> str:
    """What the button of the board answers."""
    page = who.get(f"/seasons/{number}").text
    batch = re.search(r'name="batch" value="(\w+)"', page)
    assert batch
    answer = who.post(f"/seasons/{number}/entries/undo", {"batch": batch[1], "asked": "status=late"})
    assert answer.status_code == 303 and f"/seasons/{number}?status=late&said=" in answer.headers["location"]
    return unquote_plus(answer.headers["location"])


def test_last_days_are_taken_back_whole(board: tuple[Shop, Browser, int]) -> None:
    shop, who, number = board
    assert 'id="undo"' not in who.get(f"/seasons/{number}").text
    before = due_days(who, number)
    chosen = [entry_of(shop, number, b) for b in (BODY, OTHER, LATE)]
    who.post(f"/seasons/{number}/entries", {"act": "due", "entries": chosen, "due": "2018-03-31"})
    assert "改了 3 个单位的最晚公开日期" in who.get(f"/seasons/{number}").text
    head = shop.client("负责人")
    assert 'id="undo"' not in head.get(f"/seasons/{number}").text, "it is somebody else's"
    assert "3 个单位恢复原样" in take_back(who, number)
    assert due_days(who, number) == before
    assert 'id="undo"' not in who.get(f"/seasons/{number}").text
    with shop.office.session() as session:
        given = session.scalars(select(Entry.due_given).where(Entry.id.in_(chosen))).all()
        words = [
            in_words(a.detail) for a in session.scalars(select(Audit).where(Audit.action == "entry.due"))
        ]
    assert not any(given), "worked out from the approval as before"
    assert words == ["最晚公开：2018-03-31；份数：3"]


def test_what_was_changed_since_is_left(board: tuple[Shop, Browser, int]) -> None:
    shop, who, number = board
    chosen = [entry_of(shop, number, b) for b in (OTHER, LATE)]
    who.post(f"/seasons/{number}/entries", {"act": "due", "entries": chosen, "due": "2018-03-31"})
    head = shop.client("负责人")
    head.post(f"/seasons/{number}/entries", {"act": "due", "entries": chosen[:1], "due": "2018-04-30"})
    told = take_back(who, number)
    assert "1 个单位恢复原样" in told and f"{OTHER}后来又改过，没有动" in told
    assert due_days(who, number)[OTHER] == "2018-04-30" and due_days(who, number)[LATE] == "2018-02-21"


def test_assignments_are_taken_back(board: tuple[Shop, Browser, int]) -> None:
    shop, who, number = board
    chosen = [entry_of(shop, number, b) for b in (BODY, OTHER)]
    me, other = person(shop, "审核人"), person(shop, "负责人")
    who.post(f"/seasons/{number}/entries", {"act": "assign", "entries": chosen[:1], "reviewer": str(other)})
    who.post(f"/seasons/{number}/entries", {"act": "assign", "entries": chosen, "reviewer": str(me)})
    assert "2 个单位恢复原样" in take_back(who, number)
    assert (
        bodies(who, number, f"?reviewer={other}") == [BODY] and bodies(who, number, f"?reviewer={me}") == []
    )
    assert "1 个单位恢复原样" in take_back(who, number), "the batch before it is next"
    assert bodies(who, number, f"?reviewer={other}") == []


def test_nobody_takes_back_another_ones_batch_or_twice(board: tuple[Shop, Browser, int]) -> None:
    shop, who, number = board
    chosen = [entry_of(shop, number, OTHER)]
    who.post(f"/seasons/{number}/entries", {"act": "due", "entries": chosen, "due": "2018-03-31"})
    with shop.office.session() as session:
        (made,) = session.scalars(select(Audit).where(Audit.action == "entry.due"))
        fields = {"batch": made.detail["batch"]}
    address = f"/seasons/{number}/entries/undo"
    assert shop.client("负责人").post(address, fields).status_code == 404
    shop.person("湖荡", body=BODY)
    assert shop.client("湖荡").post(address, fields).status_code in (403, 404)
    assert who.post(address, {"batch": ""}).status_code == 404
    assert who.post(address, fields).status_code == 303 and who.post(address, fields).status_code == 409
    with shop.office.session() as session:
        session.execute(update(Audit).values(at=now() - timedelta(days=2)))
    assert who.post(address, fields).status_code == 404, "no longer to be taken back in one go"


def test_reminders_as_word_pdf_and_words(board: tuple[Shop, Browser, int]) -> None:
    shop, who, number = board
    chosen = [entry_of(shop, number, b) for b in (BODY, OTHER, LATE)]
    fields = {"act": "remind", "entries": chosen, "due": SOON}
    assert who.post(f"/seasons/{number}/entries", {**fields, "due": ""}).status_code == 409
    assert who.post(f"/seasons/{number}/entries", {**fields, "due": "2018-03-01"}).status_code == 409
    owes_nothing = {"act": "remind", "entries": chosen[:1], "due": SOON}
    assert who.post(f"/seasons/{number}/entries", owes_nothing).status_code == 409
    done = who.post(f"/seasons/{number}/entries", fields)
    assert done.status_code == 303 and f"/seasons/{number}/reminders" in done.headers["location"]
    rows = who.get(f"/seasons/{number}/reminders.json").json()["rows"]
    assert sorted(r["body"] for r in rows) == sorted([OTHER, LATE]) and all("逾期" in r["text"] for r in rows)
    assert all("〔" not in r["text"] for r in rows)
    page = who.get(f"/seasons/{number}/reminders").text
    assert "复制文字" in page and f"/entries/{chosen[1]}/reminder?kind=pdf" in page
    word = who.get(f"/entries/{chosen[1]}/reminder?kind=docx")
    words = "\n".join(p.text for p in docx.Document(io.BytesIO(word.content)).paragraphs)
    assert OTHER in words and "催办函" in words and "2018年度" not in words and "2018年预算" in words
    assert who.get(f"/entries/{chosen[1]}/reminder?kind=pdf").content.startswith(b"%PDF")
    assert who.get(f"/entries/{chosen[0]}/reminder").status_code == 404
    assert who.post(f"/entries/{chosen[1]}/remove").status_code == 409, "it was reminded"
    shop.person("云水", body=OTHER)
    other = shop.client("云水")
    assert [r["body"] for r in other.get(f"/seasons/{number}/reminders.json").json()["rows"]] == [OTHER]
    assert other.get(f"/entries/{chosen[2]}/reminder").status_code == 404
    assert other.post(f"/seasons/{number}/entries", fields).status_code == 403


def test_who_was_returned_is_reminded_of_that(board: tuple[Shop, Browser, int]) -> None:
    shop, who, number = board
    entry = entry_of(shop, number, BODY)
    submission = who.get(f"/seasons/{number}.json?find=湖荡").json()["rows"][0]["submission"]
    for m in matters(shop, submission):
        decide(who, m.id, "confirmed")
    give_back(shop.client("负责人"), submission)
    who.post(f"/seasons/{number}/entries", {"act": "remind", "entries": [entry], "due": SOON})
    with shop.office.session() as session:
        assert "已退回更正" in session.scalars(select(Reminder.text)).one()


def test_what_changed_since_the_last_visit(board: tuple[Shop, Browser, int]) -> None:
    shop, who, number = board
    assert "上次看" not in who.get(f"/seasons/{number}").text
    with shop.office.session() as session:
        session.execute(update(Visit).values(seen_at=now() - timedelta(hours=2)))
    first = who.get(f"/seasons/{number}").text
    assert "上次看" in first and "1 个单位有变化" in first and first.count("有变化</span>") == 1
    only = who.get(f"/seasons/{number}?changed=true").text
    assert BODY in only and LATE not in re.sub(r"<select.*?</select>", "", only, flags=re.S)
    with shop.office.session() as session:
        session.execute(update(Visit).values(seen_at=now() + timedelta(seconds=1), before_at=now()))
    assert "此后没有变化" in who.get(f"/seasons/{number}").text
    with shop.office.session() as session:
        session.execute(update(Visit).values(before_at=now()))
    submission = who.get(f"/seasons/{number}.json?find=湖荡").json()["rows"][0]["submission"]
    decide(who, matters(shop, submission)[0].id, "confirmed")
    assert "此后没有变化" in who.get(f"/seasons/{number}").text, "one's own decisions are no news"
    decide(shop.client("负责人"), matters(shop, submission)[1].id, "confirmed")
    assert "1 个单位有变化" in who.get(f"/seasons/{number}").text


def test_printing_prints_all_lines(shop: Shop) -> None:
    head = shop.client("负责人")
    roster = "单位名称\n" + "".join(f"某市第{k}局\n" for k in range(230))
    number = season(shop, head, roster=roster)
    page = head.get(f"/seasons/{number}").text
    assert "打印全部" in page and "part=0#print" in page and page.count('<td data-label="单位"') == 200
    assert head.get(f"/seasons/{number}?part=0").text.count('<td data-label="单位"') == 230


def test_on_an_own_computer_there_is_nobody_to_assign_to(desk: Shop) -> None:
    who = desk.browser()
    number = season(desk, who)
    page = who.get(f"/seasons/{number}").text
    assert "分派" not in page and "催报" in page
    with desk.office.session() as session:
        entries = list(session.scalars(select(Entry.id)))
    done = who.post(f"/seasons/{number}/entries", {"act": "remind", "entries": entries, "due": SOON})
    assert done.status_code == 303
    assert Role.REVIEWER
