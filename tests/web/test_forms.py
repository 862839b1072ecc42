"""Every page's data at the same address as .json and .csv: all pages, and what people read in the tables."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import count, islice
from typing import Any
from urllib.parse import unquote

import pytest

from tests.web.conftest import Shop
from tests.web.sweeping import CHOICES, Address, Owned, addresses, ask, two_departments
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
    import_roster,
    matters,
    season,
    work,
)
from yibenzhang.office.audit import ACTIONS, SUBJECTS
from yibenzhang.office.models import Entry, Role, State, Submission, User, Verdict
from yibenzhang.office.spreadsheets import csv_pieces
from yibenzhang.web.formats import json_pieces
from yibenzhang.web.pages.readings import LINES
from yibenzhang.web.words import STANDING

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NO_DATA = {
    "GET /login": "a form for those who may see nothing yet",
    "GET /me/second-factor": "a form with a secret",
}
"""Pages without .json and .csv, and why."""
PEOPLE = ("管理员", "甲禾", "")
"""Who looks at the pages: one who may see everything, the department whose matters they are, a stranger."""
CODES = {
    *State, *Verdict, *Role, *ACTIONS, *SUBJECTS, "error", "warning", "budget", "accounts", "unit", "proved", "contradicted", "alone",
    "held", "within_rounding", "fixed", "still", "unsure", "missing", "late", "hubei", "jiangsu", "True", "False", "None", "true", "false", "null",
}  # fmt: skip
"""What programs get and nobody should have to read."""
STARTS = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"\t?[+-]?\d[\d,]*(\.\d+)?%?")


@pytest.fixture
def busy(shop: Shop) -> tuple[Shop, Owned]:
    """A season in full course."""
    mine, _ = two_departments(shop)
    return shop, mine


@pytest.fixture
def full(busy: tuple[Shop, Owned]) -> tuple[Shop, Owned]:
    """The same with decisions, a notice, and formulas wherever others may write."""
    shop, mine = busy
    admin, number = shop.client("管理员"), mine.ids["submission"]
    first, *rest = matters(shop, number)
    decide(admin, first.id, "dismissed", "=1+1")
    for m in rest:
        decide(admin, m.id, "confirmed", "+1")
    assert admin.post("/seasons", {"year": 2025, "stage": "budget", "name": "=SUM(A1)"}).status_code == 303
    assert admin.post("/me/keys", {"name": "@程序"}).status_code == 200
    with shop.office.session() as session:
        session.get_one(Entry, mine.ids["entry"]).contact = "@SUM(1)"
        session.get_one(Submission, number).name = "=cmd.pdf"
        session.get_one(User, mine.ids["user"]).shown = "-1+1"
    mine.ids["notice"] = give_back(admin, number)
    return shop, mine


def seen(shop: Shop, mine: Owned, address: Address) -> list[Any]:
    """What those who may get from an address, each with its first things that answer."""
    out = []
    for person in PEOPLE:
        browser = shop.client(person) if person else shop.browser()
        for ids in (mine.ids, mine.older, mine.drafts):
            answer = ask(browser, address, mine, ids)
            if answer.status_code == 200:
                out.append(answer)
                break
    return out


def pages(shop: Shop, mine: Owned) -> dict[Address, list[Any]]:
    """The addresses that answer with a page, or a piece of one, and what was seen there."""
    out = {}
    for address in addresses(shop.app):
        if address.method == "GET":
            answers = seen(shop, mine, address)
            kinds = {a.headers.get("content-type", "").split(";")[0] for a in answers}
            if "text/html" in kinds:
                assert kinds == {"text/html"}, address
                out[address] = answers
    return out


# ------------------------------------------------------------------------------------------ the tables


def table(answer: Any) -> list[list[str]]:
    """The lines of a table, its headings first."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    data = answer.content
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\xef\xbb\xbf") == 1, (
        "Excel takes it for another code"
    )
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def records(answer: Any) -> list[dict[str, str]]:
    heads, *lines = table(answer)
    return [dict(zip(heads, line, strict=True)) for line in lines]


def told(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def schema(shop: Shop, path: str) -> dict[str, Any]:
    """What the description says of the answer of an address."""
    plain = re.sub(r":\w+}", "}", path)
    for table_name in CHOICES["table"]:
        plain = plain.replace(f"/statistics/{table_name}.", "/statistics/{table}.")
    content = shop.app.openapi()["paths"][plain]["get"]["responses"]["200"]["content"]
    found: dict[str, Any] = content["text/csv" if path.endswith(".csv") else "application/json"]
    return found


def test_people_read_words_in_every_table(full: tuple[Shop, Owned]) -> None:
    """And headings; nothing that others wrote becomes a formula; the description says which columns there are."""
    shop, mine = full
    filled = 0
    for address in addresses(shop.app):
        if address.method != "GET" or not address.path.endswith(".csv"):
            continue
        if address.path == "/users-template.csv":  # an empty form to fill in, and no data
            continue
        answers = seen(shop, mine, address)
        assert answers, f"{address}: nobody got it"
        for answer in answers:
            heads, *lines = table(answer)
            assert heads and len(set(heads)) == len(heads), address
            assert all(CHINESE.search(h) for h in heads), (address, heads)
            filled += bool(lines)
            for line in lines:
                assert len(line) == len(heads), address
                wrong = [c for c in line if c in CODES]
                assert wrong == [] or address.path == "/api.csv", (address, heads, line)
                assert not [c for c in line if c.startswith(STARTS) and not NUMBER.fullmatch(c)], (
                    address,
                    line,
                )
            example = schema(shop, address.path).get("example", "")
            assert example in ("", f"{','.join(heads)}\r\n"), address
            name = answer.headers["content-disposition"]
            assert CHINESE.search(unquote(name.partition("filename*=UTF-8''")[2])), (address, name)
    assert filled > 50


def test_programs_get_what_the_description_says(full: tuple[Shop, Owned]) -> None:
    shop, mine = full
    codes: set[Any] = set()
    for address in addresses(shop.app):
        if address.method != "GET" or not address.path.endswith(".json") or address.path == "/openapi.json":
            continue
        known = schema(shop, address.path)["schema"]
        answers = seen(shop, mine, address)
        assert answers, f"{address}: nobody got it"
        for answer in answers:
            data = told(answer)
            assert set(data) <= set(known["properties"]), address
            assert set(known["required"]) <= set(data), address
            rows = data[known["required"][0]]
            fields = set(known["properties"][known["required"][0]]["items"]["properties"])
            assert all(fields <= set(row) for row in rows), (address, fields - set(rows[0] if rows else ()))
            codes |= {v for row in rows for v in row.values() if isinstance(v, str)}
    assert {
        "review",
        "superseded",
        "confirmed",
        "error",
        "budget",
        "proved",
        "file.in",
        "reviewer",
    } <= codes, "codes stay"


def test_every_page_has_its_data_and_leads_to_it(full: tuple[Shop, Owned]) -> None:
    shop, mine = full
    known = {str(a) for a in addresses(shop.app)}
    found = pages(shop, mine)
    assert len(found) > 30
    bare = [str(a) for a in found if not {f"{a}.json", f"{a}.csv"} <= known]
    assert bare == list(NO_DATA), "register it with forms(), or say in NO_DATA why not"
    count = 0
    for address, answers in found.items():
        for person, answer in zip(PEOPLE, answers, strict=False):
            if "<html" not in answer.text or str(address) in NO_DATA:
                continue
            links = [html.unescape(x) for x in re.findall(r'href="([^"]+\.csv[^"]*)"', answer.text)]
            assert links, address
            count += 1
            for link in links:
                table(shop.client(person).get(link))
    assert count > 30


def test_the_interface_page_lists_every_form(shop: Shop) -> None:
    admin = shop.client("管理员")
    text = admin.get("/api").text
    paths = shop.app.openapi()["paths"]
    assert [p for p in paths if f"<code>{p}</code>" not in text] == []
    listed = {r[k] for r in told(admin.get("/api.json"))["rows"] for k in ("path", "table") if r[k]}
    assert listed == set(paths)
    for path, methods in paths.items():
        for operation in methods.values():
            for words in (operation["summary"], operation.get("description", "中")):
                assert CHINESE.search(words), path
            for p in operation.get("parameters", ()):
                assert CHINESE.search(p["description"]), (path, p)
            for code, answer in operation["responses"].items():
                known = shop.app.openapi()["components"]["responses"].get(code, answer)
                assert CHINESE.search(known["description"]), (path, code)


# ------------------------------------------------------------------------------------------ page by page


def test_a_roster_goes_out_and_comes_in_again(shop: Shop) -> None:
    head = shop.client("负责人")
    first = season(shop, head, 2018)
    taken = head.get(f"/seasons/{first}/roster.csv")
    assert [r["单位名称"] for r in records(taken)] == [BODY, f"{BODY}监测中心", OTHER, LATE]
    assert [r["主管部门"] for r in records(taken)] == ["", BODY, "", ""]
    assert {r["最晚公开日期"] for r in records(taken)} == {"2018-02-21"}
    before = told(head.get(f"/seasons/{first}.json"))
    answer = import_roster(head, first, taken.content)
    assert answer.status_code == 200 and "新增 0 个单位，更新 4 个" in answer.text
    assert told(head.get(f"/seasons/{first}.json")) == before
    # a day that was worked out stays worked out: another approval moves it
    import_roster(head, first, f"单位名称,批复日期\n{LATE},2018-03-01\n")
    assert {r["单位名称"]: r["最晚公开日期"] for r in records(head.get(f"/seasons/{first}/roster.csv"))}[
        LATE
    ] == "2018-03-21"
    second = season(shop, head, 2019, "单位名称\n另一个局\n")
    assert "新增 4 个单位" in import_roster(head, second, taken.content).text
    assert head.get(f"/seasons/{first}/roster.json").json()["season"]["name"] == "2018 年部门预算"
    assert shop.client("审核人").get(f"/seasons/{first}/roster.csv").status_code == 200
    # codes come back as they were, through Excel's hands too
    codes = {"零字局": "001001", "长码局": "113300000024823817", "字母局": "11330000MB1234567X"}
    third = season(shop, head, 2020, "单位名称,单位编码\n" + "".join(f"{k},{v}\n" for k, v in codes.items()))
    taken = head.get(f"/seasons/{third}/roster.csv")
    assert {r["单位名称"]: r["单位编码"] for r in records(taken)} == {
        "零字局": "\t001001", "长码局": "\t113300000024823817", "字母局": "11330000MB1234567X",
    }  # fmt: skip
    fourth = season(shop, head, 2021, taken.content.decode("utf-8-sig"))
    rows = told(head.get(f"/seasons/{fourth}/roster.json"))["rows"]
    assert {r["body"]: r["code"] for r in rows} == codes
    shop.person("湖荡厅", body=BODY)
    for form in ("", ".json", ".csv"):
        assert shop.client("湖荡厅").get(f"/seasons/{first}/roster{form}").status_code == 403


def test_what_was_handed_in_is_listed(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    shop.person("湖荡厅", body=BODY)
    shop.person("云水厅", body=OTHER)
    s = checked(shop, shop.client("湖荡厅"), number, "three-errors.docx")
    for k in range(16):
        hand_in(who, number, f"第{k}份.txt", b"text %d" % k)
    rows = records(who.get(f"/seasons/{number}/hand-in.csv"))
    assert [r["文件"] for r in rows] == [*(f"第{k}份.txt" for k in reversed(range(16))), "three-errors.docx"]
    assert (rows[0]["状态"], rows[-1]["状态"], rows[-1]["内容"], rows[-1]["级次"]) == (
        "排队",
        "待审核",
        "预算",
        "部门",
    )
    assert (rows[-1]["名录里的单位"], rows[-1]["识别的单位"], rows[-1]["自查"]) == (BODY, BODY, "否")
    data = told(who.get(f"/seasons/{number}/hand-in.json"))
    assert data["most_bytes"] == shop.office.settings.most_bytes and data["entry"] is None
    assert (data["rows"][-1]["state"], data["rows"][-1]["stage"]) == ("review", "budget")
    newest = told(who.get(f"/seasons/{number}/progress.json"))
    assert newest["busy"] and newest["rows"] == data["rows"][:15]
    chosen = told(who.get(f"/seasons/{number}/hand-in.json?entry={s.entry_id}"))
    assert chosen["entry"] == {"id": s.entry_id, "body": BODY}
    for form in ("hand-in", "progress"):
        assert [
            r["id"] for r in told(shop.client("湖荡厅").get(f"/seasons/{number}/{form}.json"))["rows"]
        ] == [s.id]
        assert records(shop.client("云水厅").get(f"/seasons/{number}/{form}.csv")) == []
        assert who.get(f"/seasons/99/{form}.json").status_code == 404


def test_whose_file_it_is_taken_for(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"), 2019)
    s = checked(shop, who, number, "three-errors.docx")
    [row] = records(who.get(f"/submissions/{s.id}/profile.csv"))
    assert (row["单位"], row["年度"], row["内容"], row["级次"], row["地区"]) == (
        BODY,
        "2018",
        "预算",
        "部门",
        "江苏",
    )
    assert row["状态"] == "待确认" and "2018 年" in row["要确认的"] and row["人工改正"] == ""
    data = told(who.get(f"/submissions/{s.id}/profile.json"))
    assert (data["rows"][0]["stage"], data["rows"][0]["region"]) == ("budget", "jiangsu")
    assert {b["body"] for b in data["bodies"]} == {BODY, f"{BODY}监测中心", OTHER, LATE}
    entry = entry_of(shop, number, BODY)
    assert data["likely"] == entry
    who.post(
        f"/submissions/{s.id}/profile",
        {"entry": entry, "year": "2019", "stage": "budget", "level": "department", "sure": "true"},
    )
    work(shop)
    [row] = records(who.get(f"/submissions/{s.id}/profile.csv"))
    assert (row["年度"], row["人工改正"], row["名录里的单位"], row["状态"]) == (
        "2019",
        "年度",
        BODY,
        "待审核",
    )


@pytest.mark.parametrize("name", ["three-errors.docx", "jiangsu-three-errors.pdf"])
def test_the_numbers_of_a_file_as_a_table(shop: Shop, name: str) -> None:
    who = shop.client("审核人")
    s = checked(shop, who, season(shop, shop.client("负责人")), name)
    view, base = shop.office.views.of(s), f"/submissions/{s.id}"
    rows = records(who.get(f"{base}/numbers.csv"))
    assert [r["印的数字"] for r in rows] == [n.text for n in view.numbers.values()]
    assert Counter(r["核对结果"] for r in rows) == Counter(
        STANDING[n.standing] for n in view.numbers.values()
    )
    assert [bool(r["算式"]) for r in rows] == [bool(n.proofs) for n in view.numbers.values()]
    assert all(r["算式"] for r in rows if r["核对结果"] != "无可比对")
    assert all(r["算式"].startswith("不符：") == (r["核对结果"] == "有矛盾") for r in rows)
    # one of them
    n = next(n for n in view.numbers.values() if n.standing == "contradicted")
    one = told(who.get(f"{base}/numbers.json", params={"key": n.key}))
    assert [x["key"] for x in one["numbers"]] == [n.key] and one["numbers"][0]["proofs"] == list(
        range(len(n.proofs))
    )
    assert [r["arithmetic"] for r in one["relations"]] == [view.proofs[k].arithmetic for k in n.proofs]
    assert len(records(who.get(f"{base}/numbers.csv", params={"key": n.key}))) == 1
    for form in ("", ".json", ".csv"):
        assert who.get(f"{base}/numbers{form}", params={"key": "nothing"}).status_code == 404
    # page by page it is the same
    leaves = [told(who.get(f"{base}/leaves/{leaf.number}.json")) for leaf in view.leaves]
    assert {x["key"] for leaf in leaves for x in leaf["numbers"]} == set(view.numbers)
    for leaf in leaves:
        assert all(x["key"] in leaf["relations"][k]["keys"] for x in leaf["numbers"] for k in x["proofs"])
    lines = [r for leaf in view.leaves for r in records(who.get(f"{base}/leaves/{leaf.number}.csv"))]
    assert sorted(map(str, lines)) == sorted(map(str, rows))
    # the pages show them, some hundred at a time
    shown = "".join(who.get(f"{base}/numbers?part={k + 1}").text for k in range(-(-len(rows) // LINES)))
    assert shown.count("<tr><td") == len(rows)
    # the tables they stand in
    sums = records(who.get(f"{base}/sections.csv"))
    whole = told(who.get(f"{base}/sections.json"))
    assert sum(int(r["数字"]) for r in sums) == whole["numbers"] == view.numbers_count
    assert sum(int(r["有矛盾"]) for r in sums) == whole["contradicted"] == view.contradicted > 0


def test_what_was_not_checked_and_who_looked(shop: Shop) -> None:
    who = shop.client("审核人")
    s = checked(shop, who, season(shop, shop.client("负责人")), "jiangsu-three-errors.pdf")
    view, base = shop.office.views.of(s), f"/submissions/{s.id}/unchecked"
    assert view.unchecked
    u = view.unchecked[0]
    rows = records(who.get(f"{base}.csv"))
    assert [r["核对内容"] for r in rows] == [x.name for x in view.unchecked]
    assert (rows[0]["未能核对的原因"], rows[0]["已看过"], rows[0]["看的人"]) == (u.reason, "否", "")
    who.post(f"/submissions/{s.id}/ticks", {"key": u.key, "done": "true", "words": "=与原件一致"})
    row = records(who.get(f"{base}.csv"))[0]
    assert (row["已看过"], row["看的人"], row["看的结果"]) == ("是", "审核人", "'=与原件一致")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", row["看的时间"])
    data = told(who.get(f"{base}.json"))
    assert (
        data["looked_at"] == 1
        and data["rows"][0]["note"] == "=与原件一致"
        and data["rows"][0]["done"] is True
    )
    page = who.get(base).text
    assert "审核人" in page and u.reason in page
    who.post(f"/submissions/{s.id}/ticks", {"key": u.key, "done": "false"})
    assert records(who.get(f"{base}.csv"))[0]["已看过"] == "否"
    trail = records(shop.client("负责人").get("/audit.csv"))
    assert any(r["操作"] == "人工核对" and u.name in r["内容"] for r in trail)


def test_what_a_notice_would_tell_and_its_template(shop: Shop) -> None:
    who, head = shop.client("审核人"), shop.client("负责人")
    s = checked(shop, who, season(shop, head), "three-errors.docx")
    base = f"/submissions/{s.id}/return"
    data = told(who.get(f"{base}.json"))
    assert (data["rows"], data["undecided"], data["body"]) == (
        [],
        len(matters(shop, s.id, late=True)),
        BODY,
    )
    confirm_all(shop, who, s.id)
    rows = records(who.get(f"{base}.csv"))
    assert [r["问题"] for r in rows] == [m.message for m in matters(shop, s.id)]
    assert [r["程度"] for r in rows] == ["错误", "错误", "错误"] and all(
        CHINESE.search(r["规则"]) for r in rows
    )
    assert told(who.get(f"{base}.json"))["undecided"] == 1  # that it is late
    notice = give_back(who, s.id)
    sent = records(who.get(f"/notices/{notice}.csv"))
    assert [(r["程度"], r["问题"]) for r in sent][: len(rows)] == [(r["程度"], r["问题"]) for r in rows]
    for m in records(who.get(f"/submissions/{s.id}.csv")):
        assert CHINESE.search(m["规则"]) and not CHINESE.search(m["规则编号"])
        assert m["处理"] == ("未处理" if m["规则编号"].startswith("deadline.") else "已确认")
    head.post(
        "/template",
        {"template": "# 通知\n〔单位〕", "office_name": "某区财政局", "contact": "张三", "phone": "1"},
    )
    rows = records(head.get("/template.csv"))
    assert [(r["项目"], r["内容"]) for r in rows][1:] == [
        ("联系人", "张三"),
        ("联系电话", "1"),
        ("正文", "# 通知\n〔单位〕"),
    ]
    data = told(head.get("/template.json"))
    assert data["rows"][0]["value"] == "某区财政局" and "单位" in data["placeholders"]
    assert who.get("/template.csv").status_code == 403


def test_moments_and_states_as_people_say_them(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    s = checked(shop, who, number, "three-errors.docx")
    with shop.office.session() as session:
        session.get_one(Submission, s.id).received_at = datetime(2026, 2, 9, 20, 30, tzinfo=UTC)
    [row] = records(who.get(f"/entries/{s.entry_id}.csv"))
    assert (row["状态"], row["自查"], row["交来时间"]) == ("待审核", "否", "2026-02-10 04:30")
    assert (
        told(who.get(f"/entries/{s.entry_id}.json"))["rows"][0]["received_at"] == "2026-02-09T20:30:00+00:00"
    )
    [users] = [r for r in records(shop.client("管理员").get("/users.csv")) if r["账号"] == "审核人"]
    assert (users["在用"], users["角色"]) == ("是", "审核人")
    assert [r["内容"] for r in records(who.get("/seasons.csv"))] == ["预算"]


# ------------------------------------------------------------------------------------------ long answers


def test_long_tables_go_out_piece_by_piece() -> None:
    """Of a list without end the first pieces come all the same."""
    rows = ({"n": k, "words": "某某局" * 20} for k in count())
    pieces = list(islice(csv_pieces(["序号", "内容"], ((r["n"], r["words"]) for r in rows)), 3))
    assert all(64_000 < len(p) < 400_000 for p in pieces)
    assert pieces[0].startswith(b"\xef\xbb\xbf\xe5") and b"\xef\xbb\xbf" not in pieces[1]
    data = list(islice(json_pieces({"season": {"id": 1}, "rows": rows}), 3))
    assert all(64_000 < len(p) < 400_000 for p in data) and data[0].startswith(
        b'{"season": {"id": 1}, "rows": [{'
    )


def test_pieces_make_one_table() -> None:
    rows = [{"n": k, "words": "某某局" * 20} for k in range(3000)]
    lines = list(
        csv.reader(io.StringIO(b"".join(csv_pieces(["序号"], ([r["n"]] for r in rows))).decode("utf-8-sig")))
    )
    assert [x[0] for x in lines] == ["序号", *map(str, range(3000))]
    for some in ([], rows[:1], rows):
        whole = b"".join(json_pieces({"a": iter(some), "b": None, "rows": iter(some)}))
        assert json.loads(whole) == {"a": some, "b": None, "rows": some}
