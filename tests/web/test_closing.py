"""A season gets another name or rule, ends and is opened again; what closes by itself is in the trail."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import sample
from tests.web.conftest import Shop
from tests.web.sweeping import addresses, ask, state_of, two_departments
from tests.web.working import (
    BODY,
    LATE,
    checked,
    confirm_all,
    decide,
    entry_of,
    give_back,
    hand_in,
    import_roster,
    last,
    matters,
    season,
    submissions,
    version,
    work,
)
from yibenzhang.office.access import LOCAL
from yibenzhang.office.models import Audit, Job, Season, State, now
from yibenzhang.office.submissions import ENDED, arrival, receive
from yibenzhang.web.pages import handing


def trail(shop: Shop, action: str) -> list[Audit]:
    with shop.office.session() as session:
        return list(session.scalars(select(Audit).where(Audit.action == action).order_by(Audit.id)))


def row(who: Any, number: int, body: str = BODY) -> dict[str, Any]:
    rows = who.get(f"/seasons/{number}.json").json()["rows"]
    return next(r for r in rows if r["body"] == body)


def test_a_season_gets_another_name_and_rule(shop: Shop) -> None:
    head = shop.client("负责人")
    number, other = season(shop, head), season(shop, head, 2019)
    due = {"approved_on": "2018-02-01", "due_on": "2018-03-31"}
    assert head.post(f"/entries/{entry_of(shop, number, LATE)}", due).status_code == 303
    assert "批复后 20 天内公开（预算法第十四条）" in head.get(f"/seasons/{number}").text
    assert row(head, number)["due_on"] == "2018-02-21"
    assert shop.client("审核人").get(f"/seasons/{number}/settings").status_code == 403
    answer = head.post(f"/seasons/{number}/settings", {"name": " 二〇一八预算 ", "days": "30"})
    assert answer.status_code == 303
    page = head.get(answer.headers["location"]).text
    assert "3 个单位的最晚公开日期" in page and "二〇一八预算" in page
    assert row(head, number)["due_on"] == "2018-03-03"
    assert row(head, number, LATE)["due_on"] == "2018-03-31"  # it was given as a date
    assert row(head, other)["due_on"] == "2018-02-21"
    rows = head.get("/seasons.json").json()["rows"]
    assert {r["name"]: r["days"] for r in rows} == {"二〇一八预算": 30, "2019 年部门预算": 20}
    [entry] = trail(shop, "season.change")
    assert (entry.subject_id, entry.who) == (number, "负责人")
    words = head.get("/audit.json?action=season.change").json()["rows"][0]["words"]
    assert "2018 年部门预算 → 二〇一八预算" in words and "公开天数：20 → 30" in words
    for form in (
        {"name": "2019 年部门预算", "days": "30"},
        {"name": " ", "days": "30"},
        {"name": "甲", "days": "0"},
    ):
        assert head.post(f"/seasons/{number}/settings", form).status_code == 409
    same = head.post(f"/seasons/{number}/settings", {"name": "二〇一八预算", "days": "30"})
    assert same.status_code == 303 and len(trail(shop, "season.change")) == 1


def test_a_closed_season_is_read_and_not_changed(shop: Shop) -> None:
    mine, _ = two_departments(shop)
    number, head = mine.ids["season"], shop.client("负责人")
    every = [a for a in addresses(shop.app) if a.method == "GET" and "/progress" not in a.path]
    readable = sample(every, 4)  # a page and its .json and .csv stand one after the other
    people = ("甲禾", "审核人", "负责人")
    open_ = {
        (str(a), p): ask(shop.client(p), a, mine, mine.ids).status_code for a in readable for p in people
    }
    assert head.post(f"/seasons/{number}/close").status_code == 303
    before = state_of(shop, mine)
    for a in readable:
        for p in people:
            status = ask(shop.client(p), a, mine, mine.ids).status_code
            wanted = (
                409
                if a.path.endswith(("/return", "/return.json", "/return.csv")) and open_[str(a), p] == 200
                else open_[str(a), p]
            )
            assert status == wanted, (str(a), p)
    for person in people:
        page = shop.client(person).get(f"/submissions/{mine.ids['submission']}").text
        assert "已于" in page and "只能查看" in page
        assert 'data-judges=""' in page and 'class="act"' not in page
        assert ("重新打开" in page) == (person == "负责人")
        assert f"/seasons/{number}/hand-in" not in shop.client(person).get(f"/seasons/{number}").text
        assert 'id="drop"' not in shop.client(person).get(f"/seasons/{number}/hand-in").text
    mattering = ("seasons", "entries", "submissions", "matters")
    refused = 0
    for a in addresses(shop.app):
        if a.method == "POST" and a.path.split("/")[1] in mattering and a.holes and "/close" not in a.path:
            for ids in (mine.ids, mine.drafts):
                for person in people:
                    answer = ask(shop.client(person), a, mine, ids)
                    assert answer.status_code in (403, 404, 409), (str(a), person, answer.status_code)
                    refused += answer.status_code == 409 and "已经结束" in answer.text
    assert refused > 25  # refused because it is closed, not for something else
    assert state_of(shop, mine) == before
    assert shop.client("审核人").post(f"/seasons/{number}/close", {"undo": "true"}).status_code == 403
    assert head.post(f"/seasons/{number}/close").status_code == 409
    assert head.post(f"/seasons/{number}/close", {"undo": "true"}).status_code == 303
    assert head.post(f"/seasons/{number}/close", {"undo": "true"}).status_code == 409
    assert shop.client("审核人").post(f"/submissions/{mine.ids['submission']}/again").status_code == 303
    assert [t.who for t in (*trail(shop, "season.close"), *trail(shop, "season.reopen"))] == ["负责人"] * 2


def test_a_season_is_not_closed_while_files_are_checked(shop: Shop) -> None:
    head = shop.client("负责人")
    number = season(shop, head)
    hand_in(head, number, "甲.docx", version(0))
    refused = head.post(f"/seasons/{number}/close")
    assert refused.status_code == 409 and "1 份文件正在检查" in refused.text
    work(shop)
    assert head.post(f"/seasons/{number}/close").status_code == 303
    assert [r["closed_at"] is not None for r in head.get("/seasons.json").json()["rows"]] == [True]
    other = season(shop, head, 2017)
    head.post(f"/seasons/{other}/close")
    later = season(shop, head, 2016)
    head.post(f"/seasons/{other}/close", {"undo": "true"})
    head.post(f"/seasons/{later}/close")
    assert head.get("/").headers["location"] == f"/seasons/{other}"  # the last one that is open


def test_what_was_sent_while_the_season_ended_is_kept_and_told(shop: Shop) -> None:
    """The database was away, the file was taken; when it is back the season is closed."""
    head, office = shop.client("负责人"), shop.office
    number = season(shop, head)
    data = version(0)
    note = arrival(LOCAL, number, "a" * 32, "晚到.docx", office.ledger.put(data), len(data), None, False)
    receive(office.ledger, [note])
    assert head.post(f"/seasons/{number}/close").status_code == 303
    office.foreman._notes()
    assert (last(shop).name, last(shop).state) == ("晚到.docx", State.WITHDRAWN)
    assert "已经结束" in head.get(f"/seasons/{number}/hand-in").text
    assert head.get(f"/submissions/{last(shop).id}/original").content == data
    with office.session() as session:
        assert session.scalars(select(Job)).all() == []


def test_who_sends_while_the_season_ends_is_told_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    head = shop.client("负责人")
    number = season(shop, head)
    looked = handing._target

    def ended(*words: Any) -> int | None:
        found = looked(*words)
        assert head.post(f"/seasons/{number}/close").status_code == 303
        return found

    monkeypatch.setattr(handing, "_target", ended)
    asked = {"name": "晚到.docx", "delivery": "b" * 32}
    answer = head.post(f"/seasons/{number}/files", params=asked, content=version(0))
    assert answer.status_code == 201 and answer.json()["note"] == ENDED
    assert last(shop).state == State.WITHDRAWN


def test_rosters_and_dates_stay_when_closed(shop: Shop) -> None:
    head = shop.client("负责人")
    number = season(shop, head)
    with shop.office.session() as session:
        found = session.get_one(Season, number)
        found.closed_at, found.closed_by = now() - timedelta(days=1), "某人"
    assert import_roster(head, number, "单位名称\n新单位\n").status_code == 409
    page = head.get(f"/entries/{entry_of(shop, number, BODY)}").text
    assert 'name="due_on"' not in page and "最晚公开 2018-02-21" in page
    assert "（某人），只能查看" in page


# ------------------------------------------------------------------------------ what closes by itself


def test_what_passes_by_itself_is_in_the_trail(shop: Shop) -> None:
    who, head = shop.client("审核人"), shop.client("负责人")
    number = season(shop, head)
    first = checked(shop, who, number, "three-errors.docx")
    confirm_all(shop, who, first.id)
    give_back(who, first.id)
    assert trail(shop, "submission.close") == []
    second = checked(shop, who, number, "clean.docx")
    assert second.state == State.CLEAN
    [entry] = trail(shop, "submission.close")
    assert (entry.who, entry.user_id, entry.subject_id) == ("程序", None, second.id)
    shown = head.get("/audit.json?action=submission.close").json()["rows"][0]
    assert shown["action_name"] == "自动通过" and "退回后的新版" in shown["words"]
    # read again it stays as it was; nothing new happened
    assert who.post(f"/submissions/{second.id}/again").status_code == 303
    assert work(shop) == 1 and last(shop).state == State.CLEAN
    assert len(trail(shop, "submission.close")) == 1


def test_the_last_decision_closes_once(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "1.docx", version(0))
    [m] = matters(shop, first.id)
    for key in re.findall(r'"key": "([0-9a-f]+)"', who.get(f"/submissions/{first.id}").text):
        who.post(f"/submissions/{first.id}/ticks", {"key": key, "done": "true"})
    assert trail(shop, "submission.close") == []
    decide(who, m.id, "dismissed", "原文有说明")
    assert last(shop).state == State.CLEAN
    decide(who, m.id, "dismissed", "再看一次，原文有说明")
    assert last(shop).state == State.CLEAN and len(trail(shop, "submission.close")) == 1
    decide(who, m.id, "reopened")
    assert last(shop).state == State.REVIEW
    decide(who, m.id, "dismissed", "还是原文有说明")
    assert len(trail(shop, "submission.close")) == 2


def test_passing_that_was_taken_back_does_not_come_back_by_itself(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "1.docx", version(0))
    [m] = matters(shop, first.id)
    decide(who, m.id, "dismissed", "原文有说明")
    assert who.post(f"/submissions/{first.id}/accept").status_code == 303
    assert who.post(f"/submissions/{first.id}/accept", {"undo": "true"}).status_code == 303
    decide(who, m.id, "dismissed", "再看一次，原文有说明")
    assert submissions(shop)[0].state == State.REVIEW  # one thing was not ticked off, and nobody lets it pass
    assert trail(shop, "submission.close") == []


def test_a_draft_leaves_no_trail_of_its_own(shop: Shop) -> None:
    shop.person("湖荡厅", body=BODY)
    mine = shop.client("湖荡厅")
    number = season(shop, shop.client("负责人"))
    draft = checked(shop, mine, number, "clean.docx", draft=True)
    assert draft.state == State.CLEAN and trail(shop, "submission.close") == []
