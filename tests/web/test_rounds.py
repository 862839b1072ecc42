"""Versions of one disclosure: what became of the findings, what is carried over, when a round closes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, select

from tests.unit.test_grouping import TABLES, TEXT, prose
from tests.web.conftest import Shop
from tests.web.working import (
    BODY,
    OTHER,
    checked,
    confirm_all,
    decide,
    entry_of,
    example,
    give_back,
    hand_in,
    last,
    matters,
    other_numbers,
    pages,
    season,
    submissions,
    version,
    work,
)
from yibenzhang.office.analysing import Analysed, Task
from yibenzhang.office.models import Audit, Job, Matter, State, Submission
from yibenzhang.showing.view import Spot


def board(who: Any, number: int, body: str = BODY) -> dict[str, Any]:
    rows = who.get(f"/seasons/{number}.json").json()["rows"]
    found: dict[str, Any] = next(r for r in rows if r["body"] == body)
    return found


def changes(who: Any, submission: int) -> dict[str, list[dict[str, Any]]]:
    rows = who.get(f"/submissions/{submission}/changes.json").json()["rows"]
    return {k: [r for r in rows if r["change"] == k] for k in ("已改正", "仍存在", "不能确定", "新出现")}


def again(shop: Shop, who: Any, submission: int, change: Any = None) -> None:
    assert who.post(f"/submissions/{submission}/again").status_code == 303
    assert work(shop, change) == 1


def test_fixed_still_and_new_with_what_was_decided(shop: Shop) -> None:
    who = shop.client("审核人")
    shop.person("湖荡厅", body=BODY)
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "1.docx", version(0, 1, 2))
    assert (first.state, first.round, first.before_id) == (State.REVIEW, 1, None)
    a, b, c = matters(shop, first.id)
    decide(who, a.id, "dismissed", "原文有说明")
    decide(who, b.id, "confirmed", "已电话核实")
    decide(who, c.id, "confirmed")
    give_back(who, first.id)
    # of the three one is mended, two others are new
    second = checked(shop, shop.client("湖荡厅"), number, "2.docx", version(0, 1, more=True))
    assert (second.state, second.round, second.before_id) == (State.REVIEW, 2, first.id)
    assert board(who, number)["submission"] == second.id
    found = changes(who, second.id)
    assert [len(found[k]) for k in found] == [1, 2, 0, len(matters(shop, second.id)) - 2]
    assert found["新出现"] and all(m["before"] is None for m in found["新出现"])
    assert "已改正 1、仍存在 2、新出现" in who.get(f"/submissions/{second.id}").text
    assert (
        "（1 个已排除）" in who.get(f"/submissions/{second.id}/changes").text
        or found["已改正"][0]["before"] == a.message
    )
    mended = found["已改正"][0]["before"]
    still = {r["before"] for r in found["仍存在"]}
    assert {mended, *still} == {a.message, b.message, c.message}
    now = {m.before_id: m for m in matters(shop, second.id) if m.before_id}
    for old in (a, b, c):
        if old.message == mended:
            continue
        copy = now[old.id]
        decision = matters(shop, first.id)[[a.id, b.id, c.id].index(old.id)].decisions[-1]
        assert copy.verdict == decision.verdict
        assert [(d.who, d.at) for d in copy.decisions] == [(decision.who, decision.at)]
        assert copy.decisions[0].reason.startswith("沿用第 1 版的决定")
        assert copy.decisions[0].reason.endswith(decision.reason)
    # the page of the first says that there is a newer one and takes no more decisions
    assert "第 2 版" in who.get(f"/submissions/{first.id}").text
    refused = who.post(f"/matters/{c.id}/decisions", {"verdict": "reopened"})
    assert refused.status_code == 409
    # in a third version the words of what was carried do not pile up
    third = checked(shop, who, number, "3.docx", version(0, 1))
    carried = [m.decisions[0].reason for m in matters(shop, third.id) if m.decisions]
    assert len(carried) == 2 and all(w.count("沿用") == 1 for w in carried)


def test_a_dismissal_holds_for_the_same_numbers_only(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "1.docx", version(0))
    [m] = matters(shop, first.id)
    decide(who, m.id, "dismissed", "原文有说明")
    assert last(shop).state == State.REVIEW  # one thing could not be checked and was not ticked off
    second = checked(shop, who, number, "2.docx", other_numbers())
    [n] = matters(shop, second.id)
    assert (n.before_id, n.verdict, second.state) == (m.id, "", State.REVIEW)
    assert n.message != m.message


def test_the_round_closes_by_itself_when_all_is_mended(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "three-errors.docx")
    confirm_all(shop, who, first.id)
    give_back(who, first.id)
    assert board(who, number)["status"] == "returned"
    second = checked(shop, who, number, "clean.docx")
    assert (second.state, board(who, number)["status"]) == (State.CLEAN, "clean")
    assert len(changes(who, second.id)["已改正"]) == 3


def test_without_a_notice_nothing_closes_unseen(shop: Shop) -> None:
    """Handing in twice is no way around what could not be checked."""
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    checked(shop, who, number, "three-errors.docx")
    second = checked(shop, who, number, "clean.docx")
    assert second.unchecked and second.state == State.REVIEW
    keys = [u.key for u in shop.office.views.of(second).unchecked]
    assert len(keys) == second.unchecked == 2
    for key in keys:
        assert last(shop).state == State.REVIEW
        assert who.post(f"/submissions/{second.id}/ticks", {"key": key, "done": "true"}).status_code == 200
    assert last(shop).state == State.CLEAN


def test_it_stays_open_while_something_is_unsure(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "three-errors.docx")
    confirm_all(shop, who, first.id)
    give_back(who, first.id)
    # the text alone: what was wrong in the tables cannot be compared
    second = checked(
        shop, who, number, "2.pdf", pages("jiangsu-clean.pdf", TEXT), entry=entry_of(shop, number, BODY)
    )
    found = changes(who, second.id)
    assert found["不能确定"] and not found["仍存在"]
    assert all(r["reason"] for r in found["不能确定"])
    assert second.state == State.REVIEW
    asked = [m for m in matters(shop, second.id) if m.spot.get("asked")]
    assert len(asked) == len(found["不能确定"])
    refused = who.post(f"/submissions/{second.id}/accept")
    assert refused.status_code == 409 and f"还有 {len(asked)} 个" in refused.text
    for k, m in enumerate(asked, start=1):
        assert last(shop).state == State.REVIEW
        decide(who, m.id, "solved" if k % 2 else "dismissed", "看过了")
    assert last(shop).state == State.CLEAN


def test_it_stays_open_while_a_persons_own_defect_is_unanswered(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "three-errors.docx")
    confirm_all(shop, who, first.id)
    added = {"words": "缺政府采购说明", "severity": "warning", "leaf": 2, "box": "10,10,200,60"}
    assert who.post(f"/submissions/{first.id}/defects", added).status_code == 200
    give_back(who, first.id)
    second = checked(shop, who, number, "clean.docx")
    assert second.state == State.REVIEW
    [m] = matters(shop, second.id)
    assert (m.message, m.verdict, m.leaf) == ("缺政府采购说明", "", 0)
    # not answered, it is asked about again, once
    third = checked(shop, who, number, "clean.docx")
    assert [x.message for x in matters(shop, third.id)] == ["缺政府采购说明"]
    again(shop, who, third.id)
    [m] = matters(shop, third.id)
    decide(who, m.id, "solved")
    assert last(shop).state == State.CLEAN
    again(shop, who, third.id)
    assert (last(shop).state, len(matters(shop, third.id))) == (State.CLEAN, 1)
    decide(who, m.id, "reopened")
    assert last(shop).state == State.REVIEW


def better(task: Task, found: Analysed) -> Analysed:
    """Another reading: the first finding under another id and in other words, the second gone, a new one."""
    one, _, three = found.findings
    first = replace(one, id="0" * 12, message="换了说法：" + one.message)
    spot = Spot("p9.q", three.leaf, None, "收入预算总表“某项”“金额”", "7.00")
    new = replace(three, id="f" * 12, rule="rows.total", message="新读出的问题", spots=(spot,))
    return replace(found, findings=(first, three, new))


def test_a_better_reading_of_the_file_keeps_every_decision(shop: Shop) -> None:
    who, head = shop.client("审核人"), shop.client("负责人")
    number = season(shop, head)
    first = checked(shop, who, number, "three-errors.docx")
    a, b, c = matters(shop, first.id)
    decide(who, a.id, "confirmed", "核实")
    decide(who, a.id, "dismissed", "不适用于本单位")
    decide(head, b.id, "dismissed", "读取有误")
    kept = {m.id: [(d.who, d.at, d.verdict, d.reason) for d in m.decisions] for m in matters(shop, first.id)}
    assert [len(kept[m.id]) for m in (a, b, c)] == [2, 1, 0]
    again(shop, who, first.id, better)
    found = {m.id: m for m in matters(shop, first.id, gone=True)}
    assert {k: [(d.who, d.at, d.verdict, d.reason) for d in found[k].decisions] for k in kept} == kept
    assert (found[a.id].finding, found[a.id].verdict, found[a.id].gone) == ("0" * 12, "dismissed", False)
    assert found[a.id].message.startswith("换了说法：")
    assert (found[b.id].gone, found[b.id].verdict, found[c.id].gone) == (True, "dismissed", False)
    [new] = [m for k, m in found.items() if k not in kept]
    assert (new.message, new.verdict) == ("新读出的问题", "")
    page = who.get(f"/submissions/{first.id}").text
    assert "不再报告的 1 个问题" in page and b.message in page and "读取有误" in page
    [late] = [m for m in matters(shop, first.id, late=True) if m.rule == "deadline.not_published"]
    rows = who.get(f"/submissions/{first.id}.json").json()["rows"]
    assert {r["id"]: r["no_longer_reported"] for r in rows} == {
        a.id: False,
        b.id: True,
        c.id: False,
        new.id: False,
        late.id: False,  # no reading of the file tells it, none takes it away
    }
    # and when the reading tells it again, the decision is still there
    again(shop, who, first.id)
    found = {m.id: m for m in matters(shop, first.id, gone=True)}
    assert (found[b.id].gone, found[b.id].verdict, found[new.id].gone) == (False, "dismissed", True)
    assert len(found) == 4


def test_ticks_hold_for_what_was_ticked(shop: Shop) -> None:
    """Another reading that could not check something else does not pass for having been looked at."""
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "clean.docx")
    for u in shop.office.views.of(first).unchecked:
        who.post(f"/submissions/{first.id}/ticks", {"key": u.key, "done": "true"})
    assert last(shop).state == State.CLEAN
    again(shop, who, first.id)
    assert last(shop).state == State.CLEAN
    again(shop, who, first.id, lambda _, found: replace(found, open_keys=("0" * 16,)))
    assert last(shop).state == State.REVIEW
    again(shop, who, first.id)
    assert last(shop).state == State.REVIEW  # it is looked at anew


def test_a_better_reading_of_the_next_version_compares_anew(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "1.docx", version(0, 1, 2))
    confirm_all(shop, who, first.id)
    give_back(who, first.id)
    # at first only its text could be read, then all of it
    part = pages("jiangsu-clean.pdf", TEXT)
    second = checked(shop, who, number, "2.pdf", part, entry=entry_of(shop, number, BODY))
    assert second.state == State.REVIEW and matters(shop, second.id)
    with shop.office.session() as session:
        s = session.get(Submission, second.id)
        assert s
        s.sha256 = shop.office.ledger.put(example("clean.docx"))
    again(shop, who, second.id)
    assert (last(shop).state, last(shop).round) == (State.CLEAN, 2)
    assert [len(x) for x in changes(who, second.id).values()] == [3, 0, 0, 0]
    assert matters(shop, second.id) == []


def test_decisions_and_the_trail_are_only_ever_added_to(shop: Shop) -> None:
    said: list[str] = []
    bad = re.compile(
        r"\s*(?:UPDATE|DELETE FROM|REPLACE INTO|TRUNCATE)\s+\"?(decisions|audit|ticks|notices)\b", re.I
    )

    @event.listens_for(shop.office.database.engine, "before_cursor_execute")
    def _(*told: Any) -> None:
        said.append(told[2])

    who, head = shop.client("审核人"), shop.client("负责人")
    number = season(shop, head)
    first = checked(shop, who, number, "three-errors.docx")
    a, b, _ = matters(shop, first.id)
    for verdict in ("confirmed", "reopened", "dismissed", "confirmed"):
        decide(who, a.id, verdict, "理由")
    decide(head, b.id, "dismissed", "理由")
    key = re.findall(r'"key": "([0-9a-f]+)"', who.get(f"/submissions/{first.id}").text)[0]
    for done in ("true", "", "true"):
        who.post(f"/submissions/{first.id}/ticks", {"key": key, "done": done} if done else {"key": key})
    who.post(f"/submissions/{first.id}/defects", {"words": "缺说明", "severity": "error"})
    again(shop, who, first.id, better)
    again(shop, who, first.id)
    confirm_all(shop, who, first.id)
    give_back(who, first.id)
    second = checked(shop, who, number, "2.docx", version(0))
    assert head.post(f"/submissions/{second.id}/withdraw").status_code == 303
    third = checked(shop, who, number, "clean.docx")
    for m in matters(shop, third.id):
        decide(who, m.id, "solved")
    head.post(f"/entries/{entry_of(shop, number, BODY)}", {"approved_on": "2018-02-02"})
    assert last(shop).state == State.CLEAN
    assert [s for s in said if bad.match(s)] == []
    assert any(re.match(r"UPDATE matters", s) for s in said)  # the listener hears
    verdicts = [d.verdict for d in matters(shop, first.id)[0].decisions]
    assert verdicts[:4] == ["confirmed", "reopened", "dismissed", "confirmed"]
    with shop.office.session() as session:
        told = session.scalars(select(Audit).where(Audit.subject == "matter", Audit.subject_id == a.id)).all()
    assert [t.action for t in told][:4] == [f"matter.{v}" for v in verdicts[:4]]
    assert all(t.who == "审核人" for t in told)


def test_the_newer_version_is_checked_first(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    for name, data in (("1.docx", version(0, 1, 2)), ("2.docx", version(0, 1)), ("3.docx", version(0))):
        hand_in(who, number, name, data)
    one, two, three = (s.id for s in submissions(shop))
    work(shop, only=three)
    assert (last(shop).state, last(shop).round) == (State.REVIEW, 1)
    [m] = matters(shop, three)
    decide(who, m.id, "dismissed", "核实过")
    work(shop, only=one)
    work(shop, only=two)
    found = submissions(shop)
    assert [(s.round, s.before_id, s.state) for s in found] == [
        (1, None, State.SUPERSEDED), (2, one, State.SUPERSEDED), (3, two, State.REVIEW),
    ]  # fmt: skip
    assert board(who, number)["submission"] == three and board(who, number)["round"] == 3
    assert [len(x) for x in changes(who, two).values()] == [1, 2, 0, 0]
    assert [len(x) for x in changes(who, three).values()] == [1, 1, 0, 0]
    [m] = matters(shop, three)
    assert m.verdict == "dismissed" and len(m.decisions) == 1
    # read again, nothing moves
    again(shop, who, one)
    again(shop, who, three)
    assert [(s.round, s.before_id, s.state) for s in submissions(shop)] == [
        (s.round, s.before_id, s.state) for s in found
    ]
    entry = who.get(f"/entries/{entry_of(shop, number, BODY)}.json").json()["rows"]
    assert [r["round"] for r in entry] == [3, 2, 1]


def test_withdrawing_a_version_makes_the_one_before_stand_again(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "three-errors.docx")
    confirm_all(shop, who, first.id)
    give_back(who, first.id)
    wrong = checked(shop, who, number, "clean.docx")
    assert board(who, number)["status"] == "clean"
    assert who.post(f"/submissions/{wrong.id}/withdraw").status_code == 303
    assert (board(who, number)["status"], board(who, number)["submission"]) == ("returned", first.id)
    assert [m.fate for m in matters(shop, first.id)] == [""] * 3
    assert "只能查看" not in who.get(f"/submissions/{first.id}").text
    assert who.post(f"/submissions/{wrong.id}/withdraw").status_code == 409
    right = checked(shop, who, number, "2.docx", version(0))
    assert (right.round, right.before_id, right.state) == (2, first.id, State.REVIEW)
    assert [len(x) for x in changes(who, right.id).values()] == [2, 1, 0, 0]
    refused = who.post(f"/submissions/{first.id}/withdraw")
    assert refused.status_code == 409 and "新版" in refused.text
    # what a person let pass stands as passed again
    other = checked(shop, who, number, "clean.docx", entry=entry_of(shop, number, OTHER))
    assert other.state == State.ASKING
    who.post(f"/submissions/{other.id}/profile", {"entry": entry_of(shop, number, OTHER)})
    work(shop)
    assert last(shop).state == State.REVIEW
    assert who.post(f"/submissions/{other.id}/accept").status_code == 303
    again(shop, who, other.id)
    assert last(shop).state == State.CLEAN


def test_what_passed_stands_as_passed_when_the_next_is_withdrawn(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "clean.docx")
    assert first.state == State.REVIEW
    assert who.post(f"/submissions/{first.id}/accept").status_code == 303
    second = checked(shop, who, number, "three-errors.docx")
    assert (second.round, second.state) == (2, State.REVIEW)
    assert who.post(f"/submissions/{second.id}/withdraw").status_code == 303
    assert (board(who, number)["submission"], board(who, number)["status"]) == (first.id, "clean")


# ------------------------------------------------------------------------------ one disclosure in two files


def wrong_text() -> bytes:
    return prose(("支出预算总计15,168.72万元", "支出预算总计15,186.72万元")).encode()


@pytest.mark.parametrize("tables_first", [False, True])
def test_text_and_tables_in_two_files_are_one(shop: Shop, tables_first: bool) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    files = [("说明.txt", wrong_text()), ("表.pdf", pages("jiangsu-clean.pdf", TABLES))]
    key = ""
    for name, data in reversed(files) if tables_first else files:
        key = hand_in(who, number, name, data, key)
    work(shop)
    main, part = sorted(submissions(shop), key=lambda s: s.part_of_id is not None)
    assert (main.name, part.name, part.part_of_id) == ("说明.txt", "表.pdf", main.id)
    assert (main.state, main.round, main.before_id) == (State.REVIEW, 1, None)
    assert board(who, number)["submission"] == main.id and board(who, number)["round"] == 1
    page = who.get(f"/submissions/{main.id}").text
    assert "说明.txt" in page and "表.pdf" in page
    assert who.get(f"/submissions/{part.id}").text == page  # shown as one, by either address
    between = [m for m in matters(shop, main.id) if "15,186.72" in m.message]
    assert between and between[0].severity == "error"
    view = shop.office.views.of(main)
    keys = {s.key[:2] for f in view.findings if f.id == between[0].finding for s in f.spots}
    assert keys == {"f0", "f1"}
    assert view.proved > 290 and [f.name for f in view.files] == ["说明.txt", "表.pdf"]
    rows = who.get(f"/deliveries/{key}.json").json()["rows"]
    assert {r["part_of"] for r in rows} == {None, main.id} and not any(r["busy"] for r in rows)
    # the next version, the other way round, is compared with both
    confirm_all(shop, who, main.id)
    give_back(who, main.id)
    second = [
        ("新表.pdf", pages("jiangsu-clean.pdf", TABLES)),
        ("新说明.pdf", pages("jiangsu-clean.pdf", TEXT)),
    ]
    key = ""
    for name, data in second if tables_first else reversed(second):
        key = hand_in(who, number, name, data, key)
    work(shop)
    text = next(s for s in submissions(shop) if s.name == "新说明.pdf")
    assert (text.round, text.before_id, text.state) == (2, main.id, State.CLEAN)
    assert [len(x) for x in changes(who, text.id).values()] == [len(between), 0, 0, 0]
    assert board(who, number)["submission"] == text.id
    # a part is not put right or taken back by itself
    part = next(s for s in submissions(shop) if s.name == "新表.pdf")
    assert who.post(f"/submissions/{part.id}/profile", {"year": "2018"}).status_code == 409
    assert who.post(f"/submissions/{part.id}/withdraw").status_code == 409


def test_they_come_apart_where_they_do_not_fit(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    entry = entry_of(shop, number, BODY)
    text = prose().replace("2018", "2017").encode()
    key = hand_in(who, number, "说明.txt", text, entry=entry)
    hand_in(who, number, "表.pdf", pages("jiangsu-clean.pdf", TABLES), key, entry=entry)
    work(shop)
    one, two = submissions(shop)
    assert one.state == State.ASKING and "2017" in one.problem
    # the person says that both are right: then they are tried as one, and are none
    who.post(
        f"/submissions/{one.id}/profile",
        {"entry": entry, "year": "2017", "stage": "budget", "level": "department"},
    )
    assert 0 < work(shop) < 6
    one, two = submissions(shop)
    assert (one.part_of_id, two.part_of_id) == (None, None)
    assert {one.state, two.state} == {State.REVIEW, State.ASKING}
    asked = one if one.state == State.ASKING else two
    assert "合不成一份" in asked.problem
    with shop.office.session() as session:
        assert not session.scalars(select(Job).where(Job.state.in_(("waiting", "running")))).all()
        assert not session.scalars(select(Matter).where(Matter.fate != "")).all()
    assert who.post(f"/submissions/{asked.id}/withdraw").status_code == 303
    assert board(who, number)["status"] == "review"


def test_a_file_that_was_withdrawn_is_joined_to_nothing(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    key = hand_in(who, number, "说明.txt", wrong_text())
    work(shop)
    one = last(shop)
    assert who.post(f"/submissions/{one.id}/withdraw").status_code == 303
    hand_in(who, number, "表.pdf", pages("jiangsu-clean.pdf", TABLES), key)
    work(shop)
    one, two = submissions(shop)
    assert (one.state, two.part_of_id) == (State.WITHDRAWN, None)
    assert board(who, number)["submission"] == two.id


def test_a_check_that_fails_is_told_and_can_be_tried_again(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"), year=2019)

    def fails(task: Task, found: Analysed) -> Analysed:
        return Analysed(task.receipt, "检查中断。")

    first = checked(shop, who, number, "clean.docx")
    assert first.state == State.ASKING  # of another year
    again(shop, who, first.id, fails)
    assert (last(shop).state, last(shop).problem) == (State.UNREADABLE, "检查中断。")
    again(shop, who, first.id)
    assert last(shop).state == State.ASKING
