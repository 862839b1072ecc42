"""The findings of a season: found, filtered, decided in bulk, taken back at one go."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tests.web.conftest import Browser, Shop
from tests.web.working import (
    BODY,
    OTHER,
    checked,
    decide,
    entry_of,
    give_back,
    last,
    matters,
    season,
    version,
)
from yibenzhang.office.models import Audit, Decision, Matter, State, Submission


def two_files(shop: Shop) -> tuple[int, int, int]:
    """A season with two files under review; the season and the submissions."""
    head = shop.client("负责人")
    number = season(shop, head)
    first = checked(shop, head, number, "三个错误.docx", version(0, 1, 2))
    second = checked(
        shop, head, number, "别的.docx", version(0, 1, more=True), entry=entry_of(shop, number, OTHER)
    )
    with shop.office.session() as session:
        session.get_one(Submission, second.id).state = State.REVIEW  # it was asked whether it is that body's
    return number, first.id, second.id


def rows(who: Browser, number: int, query: str = "") -> list[dict[str, object]]:
    return list(who.get(f"/seasons/{number}/findings.json{query}").json()["rows"])


def test_findings_are_found_by_everything(shop: Shop) -> None:
    number, first, second = two_files(shop)
    who = shop.client("审核人")
    told = who.get(f"/seasons/{number}/findings.json").json()
    every = told["rows"]
    assert (
        told["total"]
        == len(every)
        == len(matters(shop, first, late=True)) + len(matters(shop, second, late=True))
    )
    severities = [r["severity"] for r in every]
    assert severities == sorted(severities, key=["error", "warning", "notice"].index), "worst first"
    rule = every[0]["rule"]
    assert {r["rule"] for r in rows(who, number, f"?rule={rule}")} == {rule}
    assert {r["submission"] for r in rows(who, number, f"?body={OTHER}")} == {second}
    assert {r["severity"] for r in rows(who, number, "?severity=error")} == {"error"}
    word = str(every[0]["message"])[:6]
    assert all(word in str(r["message"]) for r in rows(who, number, f"?find={word}"))
    both = rows(who, number, f"?severity=error&body={BODY}&verdict=open")
    assert both and {r["submission"] for r in both} == {first}
    assert rows(who, number, "?verdict=confirmed") == [] and rows(who, number, "?round=2") == []
    page = who.get(f"/seasons/{number}/findings?severity=error").text
    assert f"#m{every[0]['id']}" in page and "未处理的错误和疑问" in page
    table = who.get(f"/seasons/{number}/findings.csv").text
    assert "程度,规则,单位" in table and table.count("\n") >= len(every)
    book = load_workbook(io.BytesIO(who.get(f"/seasons/{number}/findings.xlsx?severity=error").content))
    assert book.active and book.active.max_row == 1 + len(rows(who, number, "?severity=error"))


def test_a_batch_is_decided_and_taken_back_whole(shop: Shop) -> None:
    number, first, second = two_files(shop)
    who = shop.client("审核人")
    mine = [m.id for m in matters(shop, first) if m.severity == "error"]
    decide(who, mine[0], "dismissed", "原文有说明，不是错误")
    ids = [*mine, *(m.id for m in matters(shop, second) if m.severity == "error")]
    assert (
        who.post(f"/seasons/{number}/findings", {"verdict": "dismissed", "matters": ids}).status_code == 409
    )
    assert who.post(f"/seasons/{number}/findings", {"verdict": "confirmed"}).status_code == 409
    done = who.post(
        f"/seasons/{number}/findings", {"verdict": "confirmed", "matters": ids, "asked": "severity=error"}
    )
    assert (
        done.status_code == 303 and f"/seasons/{number}/findings?severity=error" in done.headers["location"]
    )
    assert {r["verdict"] for r in rows(who, number, "?severity=error")} == {"confirmed"}
    with shop.office.session() as session:
        batch = session.scalars(select(Decision.batch).where(Decision.batch != "").distinct()).one()
        assert len(session.scalars(select(Audit.id).where(Audit.action == "matter.confirmed")).all()) == len(
            ids
        )
    assert "撤销这一批" in who.get(f"/seasons/{number}/findings").text
    assert "撤销这一批" not in shop.client("负责人").get(f"/seasons/{number}/findings").text, "one's own only"
    assert shop.client("负责人").post(f"/seasons/{number}/findings/undo", {"batch": batch}).status_code == 404
    decide(who, ids[-1], "dismissed", "已与单位核实无误")
    back = who.post(f"/seasons/{number}/findings/undo", {"batch": batch})
    assert back.status_code == 303
    told = {r["id"]: r["verdict"] for r in rows(who, number)}
    assert told[mine[0]] == "dismissed", "as it was before the batch"
    assert told[ids[-1]] == "dismissed", "decided since, left alone"
    assert all(told[i] == "" for i in ids[1:-1])
    assert who.post(f"/seasons/{number}/findings/undo", {"batch": batch}).status_code == 409
    with shop.office.session() as session:
        left = session.get_one(Matter, mine[0]).decisions
        assert [d.verdict for d in left] == ["dismissed", "confirmed", "dismissed"], "only ever added"


def test_all_that_a_filter_finds(shop: Shop) -> None:
    number, _, _ = two_files(shop)
    who = shop.client("审核人")
    fields = {
        "verdict": "dismissed",
        "reason": "读取有误，原文没有问题",
        "whole": "true",
        "asked": "severity=error",
    }
    assert who.post(f"/seasons/{number}/findings", fields).status_code == 303
    assert rows(who, number, "?severity=error&verdict=open") == []
    assert all(r["reason"] == "读取有误，原文没有问题" for r in rows(who, number, "?severity=error"))


def test_what_is_not_under_review_is_left(shop: Shop) -> None:
    number, first, second = two_files(shop)
    who, head = shop.client("审核人"), shop.client("负责人")
    for m in matters(shop, first):
        decide(who, m.id, "confirmed")
    give_back(head, first)
    old = [m.id for m in matters(shop, first)]
    checked(shop, head, number, "新版.docx", version(0))
    assert last(shop).before_id == first
    new = [m.id for m in matters(shop, second)]
    done = who.post(f"/seasons/{number}/findings", {"verdict": "solved", "matters": [*old, *new]})
    assert done.status_code == 303
    with shop.office.session() as session:
        assert {session.get_one(Matter, i).verdict for i in old} == {"confirmed"}
        assert {session.get_one(Matter, i).verdict for i in new} == {"solved"}


def test_a_file_closes_and_opens_again_with_its_batch(shop: Shop) -> None:
    number, first, _ = two_files(shop)
    who = shop.client("审核人")
    ids = [m.id for m in matters(shop, first)]
    who.post(
        f"/seasons/{number}/findings", {"verdict": "dismissed", "reason": "不适用于本单位", "matters": ids}
    )
    text = who.get(f"/seasons/{number}/findings").text
    batch = re.search(r'name="batch" value="(\w+)"', text)
    assert batch
    who.post(f"/seasons/{number}/findings/undo", {"batch": batch[1]})
    with shop.office.session() as session:
        assert session.get_one(Matter, ids[0]).submission.state == State.REVIEW
    assert "撤销这一批" not in who.get(f"/seasons/{number}/findings").text


def test_filters_are_kept_by_each_person(shop: Shop) -> None:
    number, _, _ = two_files(shop)
    who, here = shop.client("审核人"), f"/seasons/{number}/findings"
    assert who.post(f"{here}/filters", {"name": "错误", "asked": ""}).status_code == 409
    assert (
        who.post(f"{here}/filters", {"name": "我的<b>错误", "asked": "severity=error&evil=1"}).status_code
        == 303
    )
    shown = who.get(here).text
    assert "我的&lt;b&gt;错误" in shown and f'href="{here}?severity=error"' in shown and "evil" not in shown
    assert "我的" not in shop.client("负责人").get(here).text
    number_of = re.search(r'name="forget" value="(\d+)"', shown)
    assert number_of
    shop.client("负责人").post(f"{here}/filters", {"forget": number_of[1]})
    assert "我的&lt;b&gt;" in who.get(here).text, "another's stays"
    who.post(f"{here}/filters", {"forget": number_of[1]})
    assert "我的&lt;b&gt;" not in who.get(here).text


@pytest.mark.parametrize(
    "query", ["?round=x&reviewer=-1&sort=evil", "?rule=%00", "?part=999", "?severity=" + "长" * 80]
)
def test_odd_questions_are_answered(shop: Shop, query: str) -> None:
    number, _, _ = two_files(shop)
    assert shop.client("审核人").get(f"/seasons/{number}/findings{query}").status_code in (200, 404)


def test_a_department_sees_its_own_only(shop: Shop) -> None:
    number, first, second = two_files(shop)
    shop.person("湖荡", body=BODY)
    who = shop.client("湖荡")
    assert {r["submission"] for r in rows(who, number)} == {first}
    foreign = [m.id for m in matters(shop, second)]
    assert (
        who.post(f"/seasons/{number}/findings", {"verdict": "confirmed", "matters": foreign}).status_code
        == 403
    )
    assert "选中本页" not in who.get(f"/seasons/{number}/findings").text


# ------------------------------------------------------------------------------------------ the review page


def verdicts(shop: Shop, submission: int) -> list[str]:
    return [m.verdict for m in matters(shop, submission)]


def test_u_takes_back_whatever_was_done_last(shop: Shop) -> None:
    number, first, _ = two_files(shop)
    who, here = shop.client("审核人"), f"/submissions/{first}"
    ids = [m.id for m in matters(shop, first)]
    assert who.post(f"{here}/undo").status_code == 409, "nothing done yet"
    decide(who, ids[0], "dismissed", "不适用于本单位")
    together = who.post(f"{here}/decisions", {"matters": ids, "verdict": "confirmed"})
    assert together.status_code == 200 and together.text.count('hx-swap-oob="true" data-severity') == len(ids)
    assert 'id="closing"' in together.text and "一并处理" in together.text
    unchecked = re.search(r'class="tick" id="t([^"]+)"', who.get(here).text)
    if unchecked:
        assert who.post(f"{here}/ticks", {"key": unchecked[1], "done": "true"}).status_code == 200
        back = who.post(f"{here}/undo")
        assert "看过" in back.text and f'id="t{unchecked[1]}"' in back.text
    added = who.post(f"{here}/defects", {"words": "第 1 页少一行", "severity": "error"})
    assert added.status_code == 200
    assert who.post(f"{here}/undo").status_code == 200
    assert [m.verdict for m in matters(shop, first) if m.message == "第 1 页少一行"] == ["dismissed"]
    whole = who.post(f"{here}/undo")
    assert f"{len(ids)} 个问题" in whole.text, "a batch at one go"
    assert verdicts(shop, first)[: len(ids)] == ["dismissed", *[""] * (len(ids) - 1)]
    who.post(f"{here}/undo")
    assert verdicts(shop, first)[: len(ids)] == [""] * len(ids)
    assert who.post(f"{here}/undo").status_code == 409, "that was all"
    assert shop.client("负责人").post(f"{here}/undo").status_code == 409, "others' steps are theirs"


def test_a_step_that_another_went_over_is_not_taken_back(shop: Shop) -> None:
    _, first, _ = two_files(shop)
    ids = [m.id for m in matters(shop, first)]
    decide(shop.client("审核人"), ids[0], "confirmed")
    decide(shop.client("负责人"), ids[0], "dismissed", "已与单位核实无误")
    answer = shop.client("审核人").post(f"/submissions/{first}/undo")
    assert answer.status_code == 409 and "后来" in answer.text and verdicts(shop, first)[0] == "dismissed"


def test_the_same_number_of_undecided_findings_on_every_page(shop: Shop) -> None:
    number, first, second = two_files(shop)
    who = shop.client("审核人")
    decide(who, matters(shop, first)[0].id, "confirmed")
    wanted = 0
    for s in (first, second):
        found = re.search(r'id="left">(\d+)<', who.get(f"/submissions/{s}").text)
        wanted += int(found[1]) if found else 0
    told = who.get(f"/seasons/{number}/findings.json").json()
    lateness = {r["id"] for r in told["rows"]} - {m.id for s in (first, second) for m in matters(shop, s)}
    assert told["undecided"] == wanted and not lateness & {
        r["id"] for r in rows(who, number, "?family=nothing")
    }
