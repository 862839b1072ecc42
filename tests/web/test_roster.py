"""The roster and its board: imports, dates, statuses, lateness, exports, and files that ask whose they are."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from tests.web.conftest import Shop
from tests.web.working import (
    BODY,
    LATE,
    OTHER,
    checked,
    confirm_all,
    decide,
    entry_of,
    example,
    give_back,
    hand_in,
    import_roster,
    last,
    matters,
    season,
    submissions,
    work,
)
from yibenzhang.office import lateness
from yibenzhang.office.analysing import Analysed, Task
from yibenzhang.office.models import Audit, Job, State, Submission
from yibenzhang.office.roster_files import read_roster
from yibenzhang.web.pages import returns, rosters, seasons

UNIT = f"{BODY}监测中心"


def rows_of(who: Any, number: int, asked: str = "") -> dict[str, dict[str, Any]]:
    answer = who.get(f"/seasons/{number}.json{asked}")
    assert answer.status_code == 200
    return {r["body"]: r for r in answer.json()["rows"]}


def on(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """Let it be that day."""
    for module in (seasons, rosters, returns, lateness):
        monkeypatch.setattr(module, "today", lambda: day)


def came(shop: Shop, submission: int, at: datetime) -> None:
    with shop.office.session() as session:
        found = session.get(Submission, submission)
        assert found
        found.received_at = at


def said(answer: Any) -> str:
    """The sentence of a refusal or of a page."""
    return re.sub(r"<[^>]+>", "", answer.text)


# ------------------------------------------------------------------------------------------------- importing


def test_import_new_and_changed_lines_with_their_problems(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    found = rows_of(who, number)
    assert list(found) == [BODY, UNIT, OTHER, LATE]
    assert found[UNIT]["department"] == BODY and found[UNIT]["parent"] == found[BODY]["entry"]
    assert (found[BODY]["approved_on"], found[BODY]["due_on"]) == ("2018-02-01", "2018-02-21")
    assert (found[BODY]["level"], found[UNIT]["level"]) == ("department", "unit")
    # the second list leaves out columns, lines and cells: what it does not say stays
    more = f"单位名称,主管部门,截止日期,公开日期,公开网址\n{OTHER},,2018-03-05,2018-02-30,ftp://x\n江苏省砚山局,,,2018-02-20,www.example.cn/a\n"
    answer = import_roster(who, number, more)
    text = said(answer)
    assert "新增 1 个单位" in text and "更新 1 个" in text
    assert "2018-02-30" in text and "ftp://x" in text
    now = rows_of(who, number)
    assert set(now) == {*found, "江苏省砚山局"}
    assert now[BODY] == found[BODY] and now[UNIT] == found[UNIT]
    assert (now[OTHER]["code"], now[OTHER]["contact"], now[OTHER]["approved_on"]) == (
        "302001",
        "丙",
        "2018-02-01",
    )
    assert (now[OTHER]["due_on"], now[OTHER]["published_on"], now[OTHER]["published_url"]) == (
        "2018-03-05",
        None,
        "",
    )
    assert now["江苏省砚山局"]["published_url"] == "http://www.example.cn/a"
    # a given last day is not worked out again from a later approval
    import_roster(who, number, f"单位名称,批复日期\n{OTHER},2018-02-10\n{BODY},2018-02-10\n")
    now = rows_of(who, number)
    assert (now[OTHER]["approved_on"], now[OTHER]["due_on"]) == ("2018-02-10", "2018-03-05")
    assert now[BODY]["due_on"] == "2018-03-02"
    with shop.office.session() as session:
        trail = session.scalars(select(Audit).where(Audit.action == "roster.import").order_by(Audit.id)).all()
    assert [(t.detail["added"], t.detail["changed"]) for t in trail] == [(4, 0), (1, 1), (0, 2)]


def test_an_excel_roster_and_what_is_none(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    book = Workbook()
    sheet: Any = book.active
    for row in (
        ["2018 年部门预算公开名单"],
        ["单位名称", "批复日期"],
        ["江苏省砚山局", datetime(2018, 2, 3)],
    ):
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    assert import_roster(who, number, data.getvalue(), "名录.xlsx").status_code == 200
    assert rows_of(who, number)["江苏省砚山局"]["due_on"] == "2018-02-23"
    before = rows_of(who, number)
    for bad in (b"", b"%PDF-1.7", b"a,b\n1,2\n", b"PK\x03\x04rubbish", "单位名称\n".encode()):
        answer = import_roster(who, number, bad)
        assert answer.status_code == 409 and "名录没有导入" in answer.text, bad
    assert rows_of(who, number) == before
    template = who.get("/roster-template.xlsx")
    assert "单位名称" in [c.value for c in load_workbook(io.BytesIO(template.content)).worksheets[0][1]]


def test_bodies_under_each_other_in_a_ring_stay_on_the_board(shop: Shop) -> None:
    who = shop.client("审核人")
    ring = "单位名称,主管部门\n江苏省甲局,江苏省丙局\n江苏省乙局,江苏省甲局\n江苏省丙局,江苏省乙局\n"
    number = season(shop, shop.client("负责人"), roster=ring)
    found = rows_of(who, number)
    assert set(found) == {"江苏省甲局", "江苏省乙局", "江苏省丙局"}
    assert who.get(f"/entries/{found['江苏省甲局']['entry']}").status_code == 200


def test_bodies_of_one_name_are_lines_of_their_own(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    twins = (
        "单位名称,级次,主管部门,联系人\n江苏省砚山局,部门,,甲\n江苏省砚山局,单位,江苏省砚山局,乙\n"
        "后勤服务中心,单位,江苏省砚山局,丙\n江苏省云水厅,部门,,丁\n后勤服务中心,单位,江苏省云水厅,戊\n"
    )
    assert "新增 4 个单位，更新 1 个" in said(import_roster(who, number, twins))
    found = rows_of(who, number)
    told = {
        k: (r["level"], r["department"], r["contact"])
        for k, r in found.items()
        if k not in (BODY, UNIT, LATE)
    }
    assert told == {
        "江苏省砚山局": ("department", "", "甲"),
        "江苏省砚山局（本级）": ("unit", "江苏省砚山局", "乙"),
        "江苏省砚山局后勤服务中心": ("unit", "江苏省砚山局", "丙"),
        OTHER: ("department", "", "丁"),
        "江苏省云水厅后勤服务中心": ("unit", OTHER, "戊"),
    }
    assert "新增 0 个单位，更新 5 个" in said(import_roster(who, number, twins))
    assert rows_of(who, number) == found


def test_a_unit_keeps_its_department_where_only_the_unit_is_asked_for(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    row = rows_of(who, number, f"?find={UNIT}")
    assert set(row) == {UNIT} and row[UNIT]["department"] == BODY
    assert who.get(f"/entries/{row[UNIT]['entry']}.json").json()["entry"]["department"] == BODY
    sheet = read_roster(who.get(f"/seasons/{number}/board.xlsx", params={"find": UNIT}).content)
    assert [(r.name, r.parent) for r in sheet.rows] == [(UNIT, BODY)]


def test_a_department_imports_nothing(shop: Shop) -> None:
    shop.person("湖荡厅", body=BODY)
    number = season(shop, shop.client("负责人"))
    theirs = shop.client("湖荡厅")
    assert import_roster(theirs, number, "单位名称\n江苏省砚山局\n").status_code == 403
    assert set(rows_of(theirs, number)) == {BODY, UNIT}


# ------------------------------------------------------------------------------------------------- the board


def test_every_state_has_its_status(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    on(monkeypatch, date(2018, 2, 21))

    def status(body: str = BODY) -> str:
        return str(rows_of(who, number)[body]["status"])

    assert status() == "missing"  # the last day is in time
    on(monkeypatch, date(2018, 2, 22))
    assert status() == "late"
    hand_in(
        who,
        number,
        "three-errors.docx",
        example("three-errors.docx"),
        entry=entry_of(shop, number, BODY),
    )
    assert status() == "checking"
    work(shop)
    assert status() == "review"
    row = rows_of(who, number)[BODY]
    assert (row["errors"], row["warnings"]) == (3, 0)
    confirm_all(shop, who, last(shop).id)
    give_back(who, last(shop).id)
    assert status() == "returned"
    checked(shop, who, number, "clean.docx")
    assert (status(), rows_of(who, number)[BODY]["errors"]) == ("clean", 0)
    checked(shop, who, number, "clean.docx", entry=entry_of(shop, number, OTHER))
    assert status(OTHER) == "asking"
    checked(
        shop, who, number, "坏.pdf", example("jiangsu-clean.pdf")[:3000], entry=entry_of(shop, number, LATE)
    )
    assert (status(LATE), status(UNIT)) == ("unreadable", "late")
    counts = who.get(f"/seasons/{number}.json").json()["counts"]
    assert {k for k, n in counts.items() if n} == {"clean", "asking", "unreadable", "late"}
    page = who.get(f"/seasons/{number}").text
    for words in ("已通过", "待确认", "无法读取", "逾期未交"):
        assert words in page
    all_seasons = who.get("/seasons.json").json()["rows"]
    assert all_seasons[0]["clean"] == 1 and all_seasons[0]["bodies"] == 4
    # a better file takes the place of the unreadable one
    who.post(f"/submissions/{last(shop).id}/withdraw")
    assert status(LATE) == "late"


def test_lateness_of_publishing_and_of_handing_in(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    entry = entry_of(shop, number, BODY)
    on(monkeypatch, date(2018, 3, 3))

    def late() -> int:
        return int(rows_of(who, number)[BODY]["late"])

    assert late() == 10  # nothing at all, ten days after the 21st
    first = checked(shop, who, number, "three-errors.docx")
    came(shop, first.id, datetime(2018, 2, 21, 15, 59, tzinfo=UTC))  # one minute to midnight in China
    assert late() == 0
    came(shop, first.id, datetime(2018, 2, 21, 16, 1, tzinfo=UTC))
    assert late() == 1
    came(shop, first.id, datetime(2018, 2, 20, 1, 0, tzinfo=UTC))
    confirm_all(shop, who, first.id)
    give_back(who, first.id)
    second = checked(shop, who, number, "clean.docx")  # put right after the last day
    came(shop, second.id, datetime(2018, 3, 2, 1, 0, tzinfo=UTC))
    assert late() == 0
    save = {
        "approved_on": "2018-02-01",
        "published_on": "2018-02-21",
        "published_url": "https://example.cn/1",
    }
    assert who.post(f"/entries/{entry}", save).status_code == 303
    assert late() == 0
    who.post(f"/entries/{entry}", save | {"published_on": "2018-02-25"})
    assert late() == 4
    page = who.get(f"/seasons/{number}").text
    assert "逾期 4 天" in page and 'href="https://example.cn/1"' in page
    assert who.get(f"/seasons/{number}.json").json()["late"] == 4  # three others have handed in nothing


def test_lateness_goes_into_the_notice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    on(monkeypatch, date(2018, 2, 26))
    first = checked(shop, who, number, "three-errors.docx")
    page = who.get(f"/submissions/{first.id}/return")
    assert "逾期" in page.text and "5 天" in page.text
    confirm_all(shop, who, first.id)
    [late] = [m for m in matters(shop, first.id, late=True) if m.rule == "deadline.not_published"]
    decide(who, late.id, "confirmed")
    answer = who.post(f"/submissions/{first.id}/return", {"due": "2018-03-05"})
    notice = who.get(answer.headers["location"].split("?")[0] + ".json").json()
    assert len(notice["rows"]) == 4 and "逾期 5 天" in notice["rows"][3]["message"]
    assert notice["notice"]["due_on"] == "2018-03-05"


def test_filters_and_exports_tell_the_same(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    import_roster(who, number, "单位名称,联系人\n江苏省算式局,=1+1\n")
    checked(shop, who, number, "three-errors.docx")
    for asked, bodies in {
        "": [BODY, UNIT, OTHER, LATE, "江苏省算式局"],
        "?status=review": [BODY],
        "?status=late": [UNIT, OTHER, LATE],
        "?find=湖荡": [BODY, UNIT],
        "?find=%20302%20": [OTHER],
        "?find=湖荡&status=late": [UNIT],
        "?find=没有这个": [],
        "?status=nonsense": [],
    }.items():
        rows = who.get(f"/seasons/{number}.json{asked}").json()["rows"]
        assert [r["body"] for r in rows] == bodies, asked
        data = who.get(f"/seasons/{number}.csv{asked}").content
        assert data.startswith(b"\xef\xbb\xbf")
        lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
        sheet: Any = load_workbook(io.BytesIO(who.get(f"/seasons/{number}/board.xlsx{asked}").content)).active
        cells = [list(r) for r in sheet.iter_rows(values_only=True)]
        heads = cells[0]
        assert list(seasons.COLUMNS.values()) == heads
        assert len(lines) == len(cells) - 1 == len(rows)
        for row, line, values in zip(rows, lines, cells[1:], strict=True):
            for key, head in seasons.COLUMNS.items():
                told = "" if row[key] is None else str(row[key])
                assert line[head].removeprefix("'") == told, (key, line)
                value = values[heads.index(head)]
                shown = (
                    value.date().isoformat()
                    if isinstance(value, datetime)
                    else ""
                    if value is None
                    else str(value)
                )
                assert shown == told, (key, values)
        page = who.get(f"/seasons/{number}{asked}").text
        assert all((f">{b}</a>" in page) == (b in bodies) for b in (BODY, UNIT, OTHER, LATE))
        if asked and bodies:
            assert f"/seasons/{number}.csv?" in page and f"/seasons/{number}/board.xlsx?" in page
    data = who.get(f"/seasons/{number}.csv").text
    assert "'=1+1" in data


# ------------------------------------------------------------------------------------------- whose file is it


def asks(shop: Shop, who: Any) -> str:
    s = last(shop)
    assert s.state == State.ASKING, s.problem
    page = who.get(f"/submissions/{s.id}/profile").text
    assert s.problem.replace("“", "").split("，")[0][:6] in page.replace("“", "")
    return str(page)


def chosen(page: str) -> list[str]:
    found = re.findall(r'<option value="\d+" selected>([^<（]+)', page)
    return [f for f in found if f not in ("预算", "决算", "部门", "单位")]


def test_a_body_that_is_not_on_the_roster_is_asked_about_and_added(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"), roster="单位名称\n江苏省竹林局\n")
    s = checked(shop, who, number, "three-errors.docx")
    page = asks(shop, who)
    assert f"“{BODY}”不在本季名录里" in s.problem and chosen(page) == []
    assert s.name in who.get(f"/seasons/{number}").text
    assert who.get(f"/seasons/{number}.json").json()["counts"]["review"] == 0
    nobody = who.post(f"/submissions/{s.id}/profile", {"year": "2018", "stage": "budget"})
    assert nobody.status_code == 409 and "请指定" in nobody.text
    saved = who.post(f"/submissions/{s.id}/profile", {"add": f" {BODY} ", "year": "2018", "stage": "budget"})
    assert saved.status_code == 303
    work(shop)
    assert last(shop).state == State.REVIEW
    row = rows_of(who, number)[BODY]
    assert (row["status"], row["errors"], row["warnings"]) == ("review", 3, 0)
    # the next version of it asks nothing
    assert checked(shop, who, number, "clean.docx").round == 2
    with shop.office.session() as session:
        actions = session.scalars(
            select(Audit.action).where(Audit.action.in_(("roster.add", "profile.correct")))
        )
        assert list(actions) == ["roster.add", "profile.correct"]


def test_a_similar_name_is_chosen_beforehand(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(
        shop, shop.client("负责人"), roster="单位名称\n江苏省湖荡管理保护厅\n江苏省竹林局\n江苏省云水厅\n"
    )
    s = checked(shop, who, number, "three-errors.docx")
    page = asks(shop, who)
    assert "像是名录里的“江苏省湖荡管理保护厅”" in s.problem
    assert chosen(page) == ["江苏省湖荡管理保护厅"]
    entry = entry_of(shop, number, "江苏省湖荡管理保护厅")
    who.post(
        f"/submissions/{s.id}/profile",
        {"entry": entry, "year": "2018", "stage": "budget", "level": "department"},
    )
    work(shop)
    assert (last(shop).state, last(shop).entry_id) == (State.REVIEW, entry)


@pytest.mark.parametrize(("year", "stage"), [(2019, "budget"), (2018, "accounts")])
def test_the_wrong_year_or_stage_is_asked_about(shop: Shop, year: int, stage: str) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"), year=year, stage=stage)
    s = checked(shop, who, number, "three-errors.docx")
    asks(shop, who)
    assert "是否交错了" in s.problem and "2018 年预算" in s.problem
    assert all(r["submission"] is None for r in rows_of(who, number).values())
    other = season(shop, shop.client("负责人"), year=2018, stage="budget")
    elsewhere = who.post(
        f"/submissions/{s.id}/profile", {"entry": entry_of(shop, other, BODY), "year": "2018"}
    )
    assert elsewhere.status_code == 409 and "不在本季名录" in elsewhere.text
    for bad in ("abcd", "1899", "20180"):
        answer = who.post(
            f"/submissions/{s.id}/profile", {"entry": entry_of(shop, number, BODY), "year": bad}
        )
        assert answer.status_code == 409 and "四位数字" in answer.text


def test_a_corrected_profile_is_what_the_checks_use(shop: Shop) -> None:
    """The file is read as accounts of another year once a person says so, and stays so."""
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    entry = entry_of(shop, number, BODY)
    s = checked(shop, who, number, "three-errors.docx")
    seen: list[Task] = []

    def look(task: Task, found: Analysed) -> Analysed:
        seen.append(task)
        return found

    def correct(**given: Any) -> None:
        form = {"entry": entry, "sure": "true", **given}  # it contradicts the file
        assert who.post(f"/submissions/{s.id}/profile", form).status_code == 303
        assert work(shop, look) == 1

    def report() -> dict[str, Any]:
        told: dict[str, Any] = who.get(f"/submissions/{s.id}.json").json()["report"]["documents"][0]
        return told

    before = report()
    assert before["profile"]["stage"] == "budget" and len(before["findings"]) == 3
    correct(year="2018", stage="accounts", level="department")
    given = seen[-1].given
    assert given and (given.stage, given.fiscal_year, given.level) == ("accounts", None, "")
    after = report()
    assert after["profile"]["stage"] == "accounts"
    assert after["coverage"]["proved"] < before["coverage"]["proved"]  # the sums of budgets do not apply
    assert last(shop).profile["stage"] == "accounts"
    # saving the form again as it stands changes nothing
    correct(year="2018", stage="accounts", level="department")
    assert report()["profile"] == after["profile"]
    correct(year="2018", stage="accounts", level="unit")
    given = seen[-1].given
    assert given and (given.stage, given.level) == ("accounts", "unit")
    # and back again
    correct(year="2018", stage="budget", level="department")
    assert report() == before
    with shop.office.session() as session:
        trail = session.scalars(
            select(Audit).where(Audit.action == "profile.correct").order_by(Audit.id)
        ).all()
    assert [t.detail["after"]["corrected"].get("stage") for t in trail] == [
        "accounts",
        "accounts",
        "accounts",
        "budget",
    ]
    assert "改正" in shop.client("负责人").get("/audit").text


def test_a_superseded_version_is_not_put_right_any_more(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    first = checked(shop, who, number, "three-errors.docx")
    second = checked(shop, who, number, "clean.docx")
    refused = who.post(f"/submissions/{first.id}/profile", {"entry": entry_of(shop, number, OTHER)})
    assert refused.status_code == 409
    moved = who.post(f"/submissions/{second.id}/profile", {"entry": entry_of(shop, number, OTHER)})
    assert moved.status_code == 409 and "前一版" in moved.text


# --------------------------------------------------------------------------------------------- dates by hand


def test_the_form_of_dates(shop: Shop) -> None:
    who, head = shop.client("审核人"), shop.client("负责人")
    shop.person("湖荡厅", body=BODY)
    number = season(shop, head)
    entry = entry_of(shop, number, BODY)

    def row() -> tuple[Any, ...]:
        r = rows_of(who, number)[BODY]
        return tuple(r[k] for k in ("approved_on", "due_on", "published_on", "published_url", "contact"))

    good = {"approved_on": "2018-02-05", "due_on": "2018-02-21", "published_on": "2018-02-20",
            "published_url": " https://example.cn/a?b=1 ", "contact": " 王某 "}  # fmt: skip
    answer = who.post(f"/entries/{entry}", good)
    assert answer.status_code == 303
    # the last day was shown as worked out and is worked out anew
    kept = ("2018-02-05", "2018-02-25", "2018-02-20", "https://example.cn/a?b=1", "王某")
    assert row() == kept
    for bad, words in (
        ({"approved_on": "2018-02-30"}, "日期"),
        ({"approved_on": "二月五日"}, "日期"),
        ({"due_on": "2018/2/5"}, "日期"),
        ({"approved_on": "9999-12-31"}, "年份"),
        ({"published_on": "0001-01-01"}, "年份"),
        ({"published_url": "javascript:alert(1)"}, "网址"),
        ({"published_url": "example.cn"}, "网址"),
    ):
        answer = who.post(f"/entries/{entry}", good | bad)
        assert answer.status_code == 409 and words in answer.text, bad
    assert row() == kept
    who.post(f"/entries/{entry}", good | {"due_on": "2018-03-09"})
    assert row()[1] == "2018-03-09"
    who.post(f"/entries/{entry}", good | {"due_on": "2018-03-09", "approved_on": "2018-02-09"})
    assert row()[1] == "2018-03-09"  # given by hand, it stays
    who.post(f"/entries/{entry}", good | {"due_on": ""})
    assert row()[1] == "2018-02-25"
    who.post(f"/entries/{entry}", {})
    assert row() == (None, None, None, "", "")
    page = who.get(f"/entries/{entry}")
    assert page.status_code == 200 and who.get("/entries/999").status_code == 404
    assert shop.client("湖荡厅").post(f"/entries/{entry}", good).status_code == 403
    trail = head.get("/audit.json").json()["rows"]
    assert sum(r["action"] == "entry.change" for r in trail) == 5


# ------------------------------------------------------------------------------------ the present version


def test_files_checked_with_an_older_program_are_checked_again(shop: Shop) -> None:
    who, head = shop.client("审核人"), shop.client("负责人")
    shop.person("湖荡厅", body=BODY)
    number = season(shop, head)
    words = "程序或标准已更新"

    def older(task: Task, found: Analysed) -> Analysed:
        return replace(found, version="older")

    hand_in(who, number, "1.pdf", example("three-errors.docx"))
    work(shop, older)
    first = last(shop)
    m = matters(shop, first.id)[0]
    assert (
        who.post(f"/matters/{m.id}/decisions", {"verdict": "dismissed", "reason": "已核实"}).status_code
        == 200
    )
    hand_in(who, number, "2.pdf", example("jiangsu-two-tables-differ.pdf"))
    work(shop, older)  # supersedes the first
    hand_in(who, number, "3.pdf", example("clean.docx"), entry=entry_of(shop, number, OTHER))
    work(shop, older)  # asks
    hand_in(who, number, "4.pdf", example("three-errors.docx"), entry=entry_of(shop, number, LATE))
    work(shop, older)
    who.post(f"/submissions/{last(shop).id}/withdraw")
    hand_in(shop.client("湖荡厅"), number, "5.pdf", example("three-errors.docx"), draft=True)
    work(shop, older)
    assert f"{words}：2 份文件是用旧版检查的" in who.get(f"/seasons/{number}").text
    assert words not in shop.client("湖荡厅").get(f"/seasons/{number}").text
    assert shop.client("湖荡厅").post(f"/seasons/{number}/recheck").status_code == 403
    assert who.raw(f"/seasons/{number}/recheck").status_code == 403  # without the mark of our pages
    for _ in range(3):  # one job each, however often it is pressed
        answer = who.post(f"/seasons/{number}/recheck")
        assert answer.status_code == 303
        with shop.office.session() as session:
            waiting = session.scalars(
                select(Job.submission_id).where(Job.state == "waiting").order_by(Job.id)
            ).all()
        assert list(waiting) == [2, 3]
    assert words not in who.get(f"/seasons/{number}").text
    assert work(shop) == 2
    found = submissions(shop)
    assert [s.version == shop.office.version for s in found] == [False, True, True, False, False]
    assert [s.state for s in found] == [
        State.SUPERSEDED, State.REVIEW, State.ASKING, State.WITHDRAWN, found[4].state,
    ]  # fmt: skip
    with shop.office.session() as session:
        [entry] = session.scalars(select(Audit).where(Audit.action == "season.recheck")).all()
    assert (entry.who, entry.subject_id, entry.detail["count"]) == ("审核人", number, 2)
    assert "按新版重新检查" in head.get("/audit").text
    nothing = who.post(f"/seasons/{number}/recheck")
    assert "%E6%B2%A1%E6%9C%89" in nothing.headers["location"]  # 没有
    assert who.post("/seasons/999/recheck").status_code == 404


def test_the_version_is_worked_out_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from yibenzhang.batch import journal
    from yibenzhang.office import analysing

    assert analysing.present("") == shop.office.version == journal.version_of("")
    monkeypatch.setattr(analysing, "version_of", lambda extra: pytest.fail("worked out again"))
    assert analysing.present("") == shop.office.version


def test_days_of_the_season(shop: Shop) -> None:
    who = shop.client("负责人")
    for bad in ({"year": 1999}, {"stage": "x"}, {"days": 0}, {"days": 401}):
        answer = who.post("/seasons", {"year": 2018, "stage": "budget", **bad})
        assert answer.status_code == 409, bad
    made = who.post("/seasons", {"year": 2018, "stage": "budget", "days": 30})
    number = int(made.headers["location"].split("/")[2])
    assert who.post("/seasons", {"year": 2018, "stage": "budget"}).status_code == 409  # the name is taken
    import_roster(who, number, f"单位名称,批复日期\n{BODY},2018-02-01\n")
    due = date(2018, 2, 1) + timedelta(days=30)
    assert rows_of(who, number)[BODY]["due_on"] == due.isoformat()
    assert shop.client("审核人").post("/seasons", {"year": 2020, "stage": "budget"}).status_code == 403
