"""A file under the wrong season is moved; what is filled in against the file is asked about and told as what it is."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from tests.unit.test_grouping import TABLES, TEXT
from tests.web.conftest import Shop
from tests.web.working import (
    BODY,
    LATE,
    OTHER,
    checked,
    confirm_all,
    decide,
    entry_of,
    give_back,
    hand_in,
    last,
    matters,
    pages,
    season,
    submissions,
    version,
    work,
)
from yibenzhang.office.models import Audit, State, Submission


def moved(who: Any, submission: int, to: int) -> str:
    answer = who.post(f"/submissions/{submission}/move", {"season": to})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].split("?")[0])


def rounds(who: Any, shop: Shop, number: int, body: str = BODY) -> list[tuple[str, int, str]]:
    rows = who.get(f"/entries/{entry_of(shop, number, body)}.json").json()["rows"]
    return [(r["name"], r["round"], r["state"]) for r in rows]


def one(shop: Shop, number: int) -> Submission:
    return next(s for s in submissions(shop) if s.id == number)


def test_a_file_of_another_season_is_moved_and_checked_there(shop: Shop) -> None:
    """The usual case: it says 2018, was handed in for 2019, and was asked about."""
    shop.person("湖荡厅", body=BODY)
    mine, who, head = shop.client("湖荡厅"), shop.client("审核人"), shop.client("负责人")
    wrong, right = season(shop, head, 2019), season(shop, head, 2018)
    first = checked(shop, mine, wrong, "1.docx", version(0))
    assert first.state == State.ASKING and "是否交错了" in first.problem
    page = who.get(f"/submissions/{first.id}/profile").text
    assert "移到" in page and "2018 年部门预算" in page
    assert "移到" not in mine.get(f"/submissions/{first.id}/profile").text
    assert mine.post(f"/submissions/{first.id}/move", {"season": right}).status_code == 403
    assert moved(who, first.id, right) == f"/seasons/{right}/hand-in"
    work(shop)
    now = last(shop)
    assert (now.id, now.season_id, now.state, now.round) == (first.id, right, State.REVIEW, 1)
    assert (now.who, now.received_at, now.delivery_id) == ("湖荡厅", first.received_at, first.delivery_id)
    assert rounds(who, shop, right) == [("1.docx", 1, "review")] and rounds(who, shop, wrong) == []
    statuses = [
        {r["body"]: r["status"] for r in who.get(f"/seasons/{n}.json").json()["rows"]}[BODY]
        for n in (wrong, right)
    ]
    assert statuses == ["late", "review"]
    with shop.office.session() as session:
        [entry] = session.scalars(select(Audit).where(Audit.action == "submission.move")).all()
    assert (entry.who, entry.subject_id) == ("审核人", first.id)
    words = head.get("/audit.json?action=submission.move").json()["rows"][0]["words"]
    assert "2019 年部门预算 → 2018 年部门预算" in words
    assert mine.get(f"/submissions/{first.id}").status_code == 200


def test_decisions_and_marks_go_with_it_and_both_chains_are_put_right(shop: Shop) -> None:
    who, head = shop.client("审核人"), shop.client("负责人")
    here, there = season(shop, head, 2018), season(shop, head, 2018, stage="accounts")
    one_ = checked(shop, who, here, "1.docx", version(0, 1, 2))
    confirm_all(shop, who, one_.id)
    give_back(who, one_.id)
    two = checked(shop, who, here, "2.docx", version(0, 1))
    three = checked(shop, who, here, "3.docx", version(0))
    assert [r[1] for r in rounds(who, shop, here)] == [3, 2, 1]
    a, b = matters(shop, two.id)
    kept = {m.id: [(d.who, d.at, d.verdict, d.reason) for d in m.decisions] for m in matters(shop, two.id)}
    assert all(kept.values())
    # the middle one goes: the third follows on the first
    assert "移到另一季" in who.get(f"/entries/{entry_of(shop, here, BODY)}").text
    moved(who, two.id, there)
    work(shop)
    assert rounds(who, shop, here) == [("3.docx", 2, "review"), ("1.docx", 1, "superseded")]
    assert one(shop, three.id).before_id == one_.id
    found = who.get(f"/submissions/{three.id}/changes.json").json()["rows"]
    assert sorted(r["change"] for r in found) == ["仍存在", "已改正", "已改正"]
    assert sorted(m.fate for m in matters(shop, one_.id)) == ["fixed", "fixed", "still"]
    gone = one(shop, two.id)
    assert (gone.season_id, gone.before_id, gone.round, gone.state) == (there, None, 1, State.ASKING)
    assert "2018 年预算" in gone.problem  # it says budget, the season is of accounts
    assert {
        m.id: [(d.who, d.at, d.verdict, d.reason) for d in m.decisions] for m in (*matters(shop, two.id),)
    } == kept
    assert [m.before_id for m in matters(shop, two.id)] == [None, None]
    # back again: it is the version between them once more, by when it was handed in
    moved(who, two.id, here)
    work(shop)
    assert [(n, r) for n, r, _ in rounds(who, shop, here)] == [("3.docx", 3), ("2.docx", 2), ("1.docx", 1)]
    assert one(shop, three.id).before_id == two.id and one(shop, two.id).before_id == one_.id
    assert {m.id: [(d.who, d.at) for d in m.decisions] for m in matters(shop, two.id)} == {
        k: [(w, at) for w, at, *_ in v] for k, v in kept.items()
    }


def test_the_version_before_stands_again(shop: Shop) -> None:
    who, head = shop.client("审核人"), shop.client("负责人")
    here, there = season(shop, head, 2018), season(shop, head, 2019)
    first = checked(shop, who, here, "1.docx", version(0, 1))
    confirm_all(shop, who, first.id)
    give_back(who, first.id)
    who.post(f"/submissions/{first.id}/defects", {"words": "缺说明", "severity": "error"})
    second = checked(shop, who, here, "2.docx", version(0))
    asked = [m for m in matters(shop, second.id) if m.spot.get("asked")]
    assert len(asked) == 1 and one(shop, first.id).state == State.SUPERSEDED
    refused = who.post(f"/submissions/{first.id}/move", {"season": there})
    assert refused.status_code == 409 and "发过整改通知" in refused.text
    moved(who, second.id, there)
    assert one(shop, first.id).state == State.RETURNED
    assert {m.fate for m in matters(shop, first.id)} == {""}
    assert [m for m in matters(shop, second.id) if m.spot.get("asked")] == []


def test_a_body_that_is_not_on_the_other_roster_is_asked_for(shop: Shop) -> None:
    who, head = shop.client("审核人"), shop.client("负责人")
    here = season(shop, head, 2019)
    there = season(shop, head, 2018, f"单位名称\n{OTHER}\n")
    closed = season(shop, head, 2017)
    head.post(f"/seasons/{closed}/close")
    entry = entry_of(shop, here, BODY)
    first = checked(shop, who, here, "1.docx", version(0), entry=entry)
    assert "2017 年部门预算" not in who.get(f"/submissions/{first.id}/profile").text
    for wrong in (here, closed):
        assert who.post(f"/submissions/{first.id}/move", {"season": wrong}).status_code == 409
    assert who.post(f"/submissions/{first.id}/move", {"season": 99}).status_code == 404
    # a year given against the file, for the season it was in
    form = {"entry": entry, "year": "2019", "stage": "budget"}
    who.post(f"/submissions/{first.id}/profile", {**form, "sure": "true"})
    work(shop)
    assert last(shop).corrected["fiscal_year"] == 2019
    assert moved(who, first.id, there) == f"/submissions/{first.id}/profile"
    now = last(shop)
    assert (now.state, now.entry_id, now.corrected) == (
        State.ASKING,
        None,
        {},
    )
    assert "名录里没有原来的单位" in who.get(f"/submissions/{first.id}/profile").text
    answer = who.post(f"/submissions/{first.id}/profile", {"add": BODY, "year": "2018", "stage": "budget"})
    assert answer.status_code == 303
    work(shop)
    assert last(shop).state == State.REVIEW and rounds(who, shop, there) == [("1.docx", 1, "review")]
    assert not [m for m in matters(shop, first.id) if "人工填写" in m.message]


def test_a_draft_moves_by_its_department_and_parts_with_their_main(shop: Shop) -> None:
    shop.person("湖荡厅", body=BODY)
    mine, who, head = shop.client("湖荡厅"), shop.client("审核人"), shop.client("负责人")
    here, there = season(shop, head, 2019), season(shop, head, 2018)
    draft = checked(shop, mine, here, "稿.docx", version(0), draft=True)
    assert who.post(f"/submissions/{draft.id}/move", {"season": there}).status_code == 404
    moved(mine, draft.id, there)
    work(shop)
    assert (last(shop).season_id, last(shop).state) == (there, State.REVIEW)
    assert "稿.docx" not in head.get("/audit").text
    key = hand_in(who, there, "说明.pdf", pages("jiangsu-clean.pdf", TEXT))
    hand_in(who, there, "表.pdf", pages("jiangsu-clean.pdf", TABLES), key)
    work(shop)
    text, tables = submissions(shop)[-2:]
    assert tables.part_of_id == text.id
    refused = who.post(f"/submissions/{tables.id}/move", {"season": here})
    assert refused.status_code == 409 and "移动那一份" in refused.text
    moved(who, text.id, here)
    work(shop)
    text, tables = submissions(shop)[-2:]
    assert (text.season_id, tables.season_id, tables.part_of_id) == (here, here, text.id)
    assert who.get(f"/submissions/{tables.id}").status_code == 200


# ------------------------------------------------------------------------------ what is filled in by hand


def test_a_year_against_the_file_is_asked_and_told_as_given(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "clean.docx")
    assert first.state == State.REVIEW
    form = {"entry": first.entry_id, "year": "2019", "stage": "budget", "level": "department"}
    asked = who.post(f"/submissions/{first.id}/profile", form)
    assert asked.status_code == 200
    assert (
        "文件写的是 2018 年部门预算，您填的是 2019 年部门预算。" in asked.text and "还没有保存" in asked.text
    )
    assert 'name="year" value="2019"' in asked.text and last(shop).corrected == {}
    # corrected in the same form it is saved at once
    assert (
        who.post(f"/submissions/{first.id}/profile", form | {"year": "2018", "sure": "false"}).status_code
        == 303
    )
    work(shop)
    assert [m.message for m in matters(shop, first.id) if "填写" in m.message] == []
    # a deliberate confirmation
    assert who.post(f"/submissions/{first.id}/profile", form | {"sure": "true"}).status_code == 303
    work(shop)
    told = {m.rule: m.message for m in matters(shop, first.id)}
    assert told["profile.conflict"].startswith("文件写的是 2018 年部门预算，人工填写的是 2019 年部门预算。")
    assert told["wording.year"].startswith("人工填写的是 2019 年预算，文件的标题写 2018 年")
    assert not any(m.message.startswith("封面") for m in matters(shop, first.id))
    assert sum(m.rule == "wording.year" for m in matters(shop, first.id)) == 1
    page = who.get(f"/submissions/{first.id}").text
    assert "人工填写的是 2019 年部门预算" in page
    # what was confirmed is not asked again, what the file says is still known, and it can be put right
    form_page = who.get(f"/submissions/{first.id}/profile").text
    assert "2018 年部门预算" in re.sub(r"\s+", " ", form_page)
    assert who.post(f"/submissions/{first.id}/profile", form | {"level": "unit"}).status_code == 303
    work(shop)
    assert who.post(f"/submissions/{first.id}/profile", form | {"year": "2018"}).status_code == 303
    work(shop)
    assert [m.message for m in matters(shop, first.id) if "填写" in m.message] == []


def test_another_stage_and_another_body_are_asked_about(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "clean.docx")
    form = {"entry": first.entry_id, "year": "2018", "stage": "accounts"}
    asked = who.post(f"/submissions/{first.id}/profile", form).text
    assert "您填的是 2018 年部门决算" in asked
    other = entry_of(shop, number, LATE)
    asked = who.post(
        f"/submissions/{first.id}/profile", {"entry": other, "year": "2018", "stage": "budget"}
    ).text
    assert f"文件写的单位是“{BODY}”，您选的是“{LATE}”。" in asked
    asked = who.post(
        f"/submissions/{first.id}/profile", {"add": "某某局", "year": "2018", "stage": "budget"}
    ).text
    assert f"文件写的单位是“{BODY}”，您选的是“某某局”。" in asked and 'value="某某局"' in asked
    assert last(shop).entry_id == first.entry_id
    keys = who.post("/me/keys", {"name": "程序"}).text
    key = re.search(r"ybz_[\w-]{40,}", keys)
    assert key
    bearer = {"Authorization": f"Bearer {key[0]}"}
    refused = shop.browser().raw(f"/submissions/{first.id}/profile", data=form, headers=bearer)
    assert refused.status_code == 409 and "sure=true" in refused.json()["error"]
    done = shop.browser().raw(
        f"/submissions/{first.id}/profile", data=form | {"sure": "true"}, headers=bearer
    )
    assert done.status_code == 303
    work(shop)
    conflict = [m.message for m in matters(shop, first.id) if m.rule == "profile.conflict"]
    assert conflict == [
        "文件写的是 2018 年部门预算，人工填写的是 2018 年部门决算。按填写的核对；如果填错了，请改正识别信息。"
    ]


def test_a_decision_before_the_move_is_not_lost_by_another_reading(shop: Shop) -> None:
    who, head = shop.client("审核人"), shop.client("负责人")
    here, there = season(shop, head, 2019), season(shop, head, 2018)
    first = checked(shop, who, here, "1.docx", version(0), entry=entry_of(shop, here, BODY))
    form = {"entry": first.entry_id, "year": "2019", "stage": "budget", "sure": "true"}
    who.post(f"/submissions/{first.id}/profile", form)
    work(shop)
    m = next(m for m in matters(shop, first.id) if not m.rule.startswith(("wording", "profile")))
    decide(who, m.id, "dismissed", "原文有说明")
    moved(who, first.id, there)
    work(shop)
    now = next(x for x in matters(shop, first.id) if x.id == m.id)
    assert (now.verdict, now.decisions[-1].who, now.gone) == ("dismissed", "审核人", False)
    assert last(shop).state == State.REVIEW
