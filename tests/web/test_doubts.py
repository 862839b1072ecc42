"""What is doubtful is asked, and what was done by mistake can be taken back."""

from __future__ import annotations

import uuid

from tests.conftest import undecidable
from tests.unit.test_grouping import TABLES, TEXT
from tests.web.conftest import Shop
from tests.web.working import (
    BODY,
    LATE,
    checked,
    confirm_all,
    decide,
    entry_of,
    example,
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
from yibenzhang.office.models import State
from yibenzhang.office.returning import items_of
from yibenzhang.office.roster_files import read_roster


def test_two_files_of_one_body_in_one_delivery_are_asked_about(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    delivery = hand_in(who, number, "甲.docx", version(0))
    hand_in(who, number, "乙.docx", version(1), delivery)
    work(shop)
    first, second = submissions(shop)
    assert (first.state, second.state) == (State.REVIEW, State.ASKING) and "甲.docx" in second.problem
    form = {"entry": second.entry_id, "year": "2018", "stage": "budget"}
    assert who.post(f"/submissions/{second.id}/profile", form).status_code == 303
    work(shop)
    first, second = submissions(shop)
    assert (first.state, second.state, second.round) == (State.SUPERSEDED, State.REVIEW, 2)


def test_the_next_version_in_a_delivery_of_its_own_is_not(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    checked(shop, who, number, "甲.docx", version(0))
    assert checked(shop, who, number, "乙.docx", version(1)).state == State.REVIEW


def test_the_other_half_handed_in_later_is_asked_about(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    text = checked(shop, who, number, "说明.pdf", pages("jiangsu-clean.pdf", TEXT))
    tables = checked(shop, who, number, "表.pdf", pages("jiangsu-clean.pdf", TABLES))
    assert (text.state, tables.state) == (State.REVIEW, State.ASKING) and "只有表格" in tables.problem
    assert submissions(shop)[0].state == State.REVIEW  # it was not replaced unasked


def test_a_notice_orders_nothing_where_the_document_cannot_decide(shop: Shop) -> None:
    who = shop.client("审核人")
    roster = "单位名称\n湖北省云梦泽市青石区数据资源局\n"
    number = season(shop, shop.client("负责人"), 2026, roster)
    found = checked(shop, who, number, "a.txt", undecidable())
    confirm_all(shop, who, found.id)
    view = shop.office.views.of(found)
    items = items_of(matters(shop, found.id), view, lambda _: None)
    doubtful = {f.message for f in view.findings if not f.certain}
    assert doubtful
    for item in items:
        assert bool(item.expected) != (item.sentence in doubtful)
        assert item.arithmetic


def test_a_notice_of_a_list_that_lacks_rows_orders_no_number(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"), 2025, "单位名称\n上海市临江区文化和旅游局\n")
    found = checked(shop, who, number, "a.pdf", example("shanghai-budget-missing-row.pdf"))
    confirm_all(shop, who, found.id)
    [item] = items_of(matters(shop, found.id), shop.office.views.of(found), lambda _: None)
    assert "可能漏列" in item.sentence and "文化和旅游" in item.sentence and item.where
    assert (item.reported, item.expected) == ("", "")


def test_a_department_puts_its_own_draft_right_and_nothing_else(shop: Shop) -> None:
    shop.person("湖荡厅", body=BODY)
    mine, who = shop.client("湖荡厅"), shop.client("审核人")
    number = season(shop, shop.client("负责人"), 2019)
    draft = checked(shop, mine, number, "稿.docx", version(0), draft=True)
    assert draft.state == State.ASKING and "2018" in draft.problem
    form = {"entry": entry_of(shop, number, BODY), "year": "2019", "stage": "budget", "sure": "true"}
    assert mine.post(f"/submissions/{draft.id}/profile", form).status_code == 303
    work(shop)
    assert last(shop).state != State.ASKING
    assert who.get(f"/submissions/{draft.id}").status_code == 404
    rows = shop.client("负责人").get("/audit.json").json()["rows"]
    assert not any("稿.docx" in str(r) for r in rows)
    handed = checked(shop, mine, number, "正式.docx", version(1))
    assert mine.post(f"/submissions/{handed.id}/profile", form).status_code == 403


def test_a_doubt_tells_a_department_no_other_body(shop: Shop) -> None:
    """A line that is not its own is not there for it, also where the form only asks back."""
    shop.person("湖荡厅", body=BODY)
    mine = shop.client("湖荡厅")
    number = season(shop, shop.client("负责人"), 2019)
    draft = checked(shop, mine, number, "稿.docx", version(0), draft=True)
    for sure in ("false", "true"):
        form = {"entry": entry_of(shop, number, LATE), "year": "2019", "stage": "budget", "sure": sure}
        answer = mine.post(f"/submissions/{draft.id}/profile", form)
        assert answer.status_code == 404 and LATE not in answer.text
    form = {"entry": "", "add": LATE, "year": "2018", "stage": "budget"}
    answer = mine.post(f"/submissions/{draft.id}/profile", form)
    assert LATE not in answer.text  # it puts nobody onto the roster, so that nothing is asked about it


def test_what_cannot_be_shown_is_not_decided(shop: Shop) -> None:
    """Kept by another version of the program: the answer says so, and nothing was saved behind it."""
    who = shop.client("审核人")
    one = checked(shop, who, season(shop, shop.client("负责人")), "甲.docx", version(0))
    matter = matters(shop, one.id)[0]
    shop.office.ledger.put_analysis(one.receipt, "analysis", b'["yibenzhang/analysis/3","",{}]\n')
    answer = who.post(f"/matters/{matter.id}/decisions", {"verdict": "confirmed"})
    assert answer.status_code == 409 and "旧版程序" in answer.text
    assert matters(shop, one.id)[0].verdict == ""


def test_what_was_judged_is_not_withdrawn_by_the_department(shop: Shop) -> None:
    shop.person("湖荡厅", body=BODY)
    mine, who = shop.client("湖荡厅"), shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    found = checked(shop, mine, number, "1.docx", version(0))
    decide(who, matters(shop, found.id)[0].id, "confirmed")
    assert mine.post(f"/submissions/{found.id}/withdraw").status_code == 409
    assert who.post(f"/submissions/{found.id}/withdraw").status_code == 303
    assert last(shop).state == State.WITHDRAWN


def test_passing_can_be_taken_back(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    found = checked(shop, who, number, "clean.docx", example("clean.docx"))
    assert who.post(f"/submissions/{found.id}/accept", {"undo": "true"}).status_code == 409
    assert who.post(f"/submissions/{found.id}/accept").status_code == 303
    assert last(shop).state == State.CLEAN
    assert who.post(f"/submissions/{found.id}/accept", {"undo": "true"}).status_code == 303
    assert last(shop).state == State.REVIEW


def test_one_notice_for_one_number_and_only_what_stands(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    found = checked(shop, who, number, "1.docx", version(0, 1))
    confirm_all(shop, who, found.id)
    give_back(who, found.id)
    told = who.get("/notices/1.json").json()["notice"]["number"]
    again = who.post(f"/submissions/{found.id}/return", {"notice": told, "due": "2018-03-01"})
    assert again.status_code == 409 and told in again.text


def test_a_file_comes_in_by_any_content_type(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    data = version(0) + b"\0" * (3 * 1024 * 1024)
    ask = {"name": "大.docx", "delivery": uuid.uuid4().hex}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}  # as curl --data-binary says
    answer = who.post(f"/seasons/{number}/files", params=ask, content=data, headers=kind)
    assert answer.status_code == 201, answer.text


def test_a_line_is_taken_off_the_roster_where_nothing_hangs_on_it(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    checked(shop, who, number, "1.docx", version(0))
    assert who.post(f"/entries/{entry_of(shop, number, BODY)}/remove").status_code == 409
    assert who.post(f"/entries/{entry_of(shop, number, LATE)}/remove").status_code == 303
    rows = who.get(f"/seasons/{number}.json").json()["rows"]
    assert LATE not in {r["body"] for r in rows} and len(rows) == 3


def test_a_blank_department_in_a_roster_shows_nobody_anything() -> None:
    read = read_roster("单位名称,主管部门\n档案馆,文旅局\n体育局,\n".encode())
    assert [(r.name, r.parent) for r in read.rows] == [("档案馆", "文旅局"), ("体育局", "")]


def test_a_body_that_is_not_on_the_roster_goes_there_with_one_click(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"), roster=f"单位名称\n{LATE}\n")
    s = checked(shop, who, number, "预算.docx", version(0))
    assert s.state == State.ASKING and "不在本季名录里" in s.problem
    button = f'<button name="add" value="{BODY}">'
    assert button in who.get(f"/submissions/{s.id}/profile").text
    form = {
        "entry": "",
        "add": ["", BODY],
        "year": "2018",
        "stage": "budget",
    }  # its field, left empty, and the button
    assert who.post(f"/submissions/{s.id}/profile", form).status_code == 303
    work(shop)
    assert last(shop).state == State.REVIEW and last(shop).entry_id == entry_of(shop, number, BODY)
    assert button not in who.get(f"/submissions/{s.id}/profile").text


def test_from_the_notice_on_to_the_next_file(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "预算.docx", version(0))
    confirm_all(shop, who, first.id)
    assert "审核下一份" not in who.get(f"/notices/{give_back(who, first.id)}").text
    hand_in(who, number, "另一份.docx", version(1), entry=entry_of(shop, number, LATE))
    work(shop)
    second = last(shop)
    if second.state == State.ASKING:
        form = {"entry": second.entry_id or entry_of(shop, number, LATE), "year": "2018", "stage": "budget"}
        assert who.post(f"/submissions/{second.id}/profile", form).status_code == 303
        work(shop)
    assert last(shop).state == State.REVIEW
    page = who.get(f"/notices/{give_back(who, first.id)}").text
    assert f'href="/submissions/{second.id}">审核下一份' in page
    shop.person("湖荡厅", body=BODY)
    assert "审核下一份" not in shop.client("湖荡厅").get("/notices/1").text
