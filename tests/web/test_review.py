"""Reviewing files of every kind: their leaves, numbers, pictures, decisions, notices; and a department's drafts."""

from __future__ import annotations

import csv
import io
import json
import re
from importlib.resources import files
from typing import Any

import docx
import jsonschema
import pypdfium2 as pdfium
import pytest
from PIL import Image

from tests.office import as_xlsx, documents
from tests.unit.test_grouping import TABLES, prose
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
    pages,
    season,
    submissions,
    version,
    work,
)
from yibenzhang.office.models import State, Submission

HUBEI = "单位名称\n湖北省云梦泽市青石区数据资源局\n"
SCHEMA = json.loads((files("yibenzhang.reports") / "report.schema.json").read_text(encoding="utf-8"))
ONE_DATABASE = pytest.mark.parametrize("database", [""], ids=["sqlite"])
"""For what the pages make of a view: no other than what both databases are tested with."""
KINDS: dict[str, tuple[int, str, str]] = {
    "jiangsu-three-errors.pdf": (2018, "", "picture"),
    "hubei-lost-point.txt": (2026, HUBEI, "flow"),
    "三个错误.docx": (2018, "", "flow"),
    "三个错误.xlsx": (2018, "", "flow"),
}


def submitted(shop: Shop, name: str) -> Submission:
    year, roster, _ = KINDS[name]
    head = shop.client("负责人")
    number = season(shop, head, year=year, **({"roster": roster} if roster else {}))
    data = {
        ".docx": lambda: version(0, 1, 2),
        ".xlsx": lambda: as_xlsx(documents()["jiangsu-three-errors.pdf"]),
    }
    made = data.get(name[-5:])
    s = checked(shop, head, number, name, made() if made else None)
    assert s.state == State.REVIEW, s.problem
    return s


@ONE_DATABASE
@pytest.mark.parametrize("name", KINDS)
def test_everything_a_page_points_at_is_there(shop: Shop, name: str) -> None:
    s = submitted(shop, name)
    who = shop.client("审核人")
    view = shop.office.views.of(s)
    page = who.get(f"/submissions/{s.id}")
    assert page.status_code == 200 and all(f'id="leaf-{leaf.number}"' in page.text for leaf in view.leaves)
    keys: dict[int, set[str]] = {}
    for leaf in view.leaves:
        assert leaf.kind == KINDS[name][2]
        answer = who.get(f"/submissions/{s.id}/leaves/{leaf.number}")
        assert answer.status_code == 200
        keys[leaf.number] = set(re.findall(r'data-key="([^"]+)"', answer.text))
        words = [t for _, t in leaf.texts] if leaf.kind == "picture" else []
        assert leaf.kind == "picture" or answer.text.strip() or not words
    assert view.findings
    places = [json.loads(p.replace("&#34;", '"')) for p in re.findall(r"data-places='([^']*)'", page.text)]
    late = [m for m in matters(shop, s.id, late=True) if m.rule == "deadline.not_published"]
    assert len(late) == (KINDS[name][0] == 2018)  # by the dates of the roster, on no page of the file
    assert len(places) == len(view.findings) + len(late) and places.count([]) == len(late)
    for spot in (s for f in view.findings for s in f.spots):
        assert 1 <= spot.leaf <= len(view.leaves)
        leaf = view.leaves[spot.leaf - 1]
        if spot.box:
            assert (
                0 <= spot.box[0] < spot.box[2] <= leaf.width and 0 <= spot.box[1] < spot.box[3] <= leaf.height
            )
        else:
            assert spot.key in keys[spot.leaf], spot
    for n in view.numbers.values():  # every number is marked on its leaf
        assert n.key in keys[n.leaf]
    for end in (0, len(view.leaves) + 1):
        assert who.get(f"/submissions/{s.id}/leaves/{end}").status_code == 404


@ONE_DATABASE
@pytest.mark.parametrize("name", KINDS)
def test_every_number_says_what_proves_it(shop: Shop, name: str) -> None:
    s = submitted(shop, name)
    who = shop.client("审核人")
    view = shop.office.views.of(s)
    assert len(view.numbers) >= view.numbers_count > 300  # counts (7 个项目) are proved too, and not counted
    words = {"proved": "已印证", "contradicted": "有矛盾", "alone": "无可比对", "trivial": "零，不计"}
    chosen = [n for k, n in enumerate(view.numbers.values()) if k % 12 == 0 or n.standing != "proved"]
    for n in chosen:
        answer = who.get(f"/submissions/{s.id}/numbers", params={"key": n.key})
        assert answer.status_code == 200 and words[n.standing] in answer.text and n.text in answer.text
        assert answer.text.count('class="relation') == len(n.proofs)
        assert ("不足以印证" in answer.text) == (n.standing == "alone" and bool(n.proofs))
    assert who.get(f"/submissions/{s.id}/numbers", params={"key": "nothing"}).status_code == 404
    told = who.get(f"/submissions/{s.id}/numbers.json").json()
    assert {n["key"] for n in told["numbers"]} == set(view.numbers)
    assert all(k in view.numbers for r in told["relations"] for k in r["keys"])
    standing = [n["standing"] for n in told["numbers"]]
    assert [standing.count(k) for k in ("contradicted", "alone")] == [view.contradicted, view.alone]
    assert standing.count("proved") - view.proved == len(view.numbers) - view.numbers_count
    assert all(n["proofs"] for n in told["numbers"] if n["standing"] != "alone")
    unproved = [n for n in told["numbers"] if n["standing"] == "alone"]
    outcomes = {told["relations"][k]["outcome"] for n in unproved for k in n["proofs"]}
    assert "contradicted" not in outcomes  # what is too weak to prove a number does not accuse it either


@ONE_DATABASE
@pytest.mark.parametrize("name", KINDS)
def test_the_json_of_a_submission_is_the_report_and_the_decisions(shop: Shop, name: str) -> None:
    s = submitted(shop, name)
    who = shop.client("审核人")
    first, *_ = matters(shop, s.id)
    decide(who, first.id, "dismissed", "=原文有说明")
    told = who.get(f"/submissions/{s.id}.json").json()
    jsonschema.validate(told["report"], SCHEMA)
    [document] = told["report"]["documents"]
    rows = [r for r in told["rows"] if r["rule"] != "deadline.not_published"]  # by the dates of the roster
    assert len(told["rows"]) - len(rows) == (KINDS[name][0] == 2018)
    assert [f["id"] for f in document["findings"]] == [r["finding"] for r in rows]
    assert [f["message"] for f in document["findings"]] == [r["message"] for r in rows]
    assert document["coverage"]["numbers"] == s.numbers
    assert told["submission"]["sha256"] == s.sha256 and told["submission"]["state"] == "review"
    row = next(r for r in told["rows"] if r["id"] == first.id)
    assert [(d["verdict"], d["reason"], d["who"]) for d in row["decisions"]] == [
        ("dismissed", "=原文有说明", "审核人")
    ]
    data = who.get(f"/submissions/{s.id}.csv").content
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [x["问题"] for x in lines] == [r["message"] for r in told["rows"]]
    units = {f["id"]: f["unit"] or "" for f in document["findings"]}
    units |= {r["finding"]: "" for r in told["rows"] if r not in rows}
    for line, r in zip(lines, told["rows"], strict=True):
        assert (line["印为"], line["应为"], line["单位"]) == (
            r["reported"] or "",
            r["expected"] or "",
            units[r["finding"]],
        )
        assert line["位置"] == r["place"] != ""
    chosen = next(x for x in lines if x["理由"])
    assert (chosen["理由"], chosen["处理"], chosen["处理人"]) == ("'=原文有说明", "已排除", "审核人")


@ONE_DATABASE
def test_a_page_picture_and_the_words_on_it(shop: Shop) -> None:
    s = submitted(shop, "jiangsu-three-errors.pdf")
    who = shop.client("审核人")
    view = shop.office.views.of(s)
    for leaf in view.leaves[:2]:
        for width in (400, 1400):
            answer = who.get(f"/submissions/{s.id}/leaves/{leaf.number}.png?width={width}")
            assert answer.headers["content-type"] == "image/png" and answer.content.startswith(b"\x89PNG")
            image = Image.open(io.BytesIO(answer.content))
            assert image.width == width
            assert abs(image.height / image.width - leaf.height / leaf.width) < 0.01
    for bad in ("?width=100", "?width=9000", "?width=x"):
        assert who.get(f"/submissions/{s.id}/leaves/1.png{bad}").status_code == 422
    leaf = view.leaves[3]
    box, text = max(leaf.texts, key=lambda t: len(t[1]))
    asked = dict(
        zip(("x0", "top", "x1", "bottom"), (box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1), strict=True)
    )
    found = who.get(f"/submissions/{s.id}/leaves/4/words", params=asked).json()["text"]
    assert text.strip()[:100] in found
    assert who.get(f"/submissions/{s.id}/leaves/4/words?x0=0&top=0&x1=1&bottom=1").json() == {"text": ""}
    assert who.get(f"/submissions/{s.id}/leaves/4/words?x0=nan&top=0&x1=inf&bottom=1").status_code == 200
    assert who.get(f"/submissions/{s.id}/leaves/99/words?x0=0&top=0&x1=1&bottom=1").status_code == 404
    assert who.get(f"/submissions/{s.id}/original").content == example("jiangsu-three-errors.pdf")


def test_decisions_defects_and_ticks_are_refused_with_a_sentence(shop: Shop) -> None:
    s = submitted(shop, "jiangsu-three-errors.pdf")
    who = shop.client("审核人")
    a, b, c = matters(shop, s.id)

    def refused(path: str, sentence: str, code: int = 409, **data: Any) -> None:
        answer = who.post(path, data)
        assert answer.status_code == code and sentence in answer.text, (path, data, answer.text[-300:])

    refused(f"/matters/{a.id}/decisions", "理由", verdict="dismissed", reason="  ")
    refused(f"/matters/{a.id}/decisions", "不认识", verdict="nonsense")
    refused("/matters/999/decisions", "没有这一项", 404, verdict="confirmed")
    here = f"/submissions/{s.id}/defects"
    refused(here, "写明问题", words=" ", severity="error")
    refused(here, "程度", words="缺说明", severity="fatal")
    refused(here, "没有这一页", words="缺说明", severity="error", leaf=99)
    refused(here, "格式", 422, words="缺说明", severity="error", leaf=-1)
    for bad in ("1,2,3", "a,b,c,d", "nan,nan,nan,nan", "1,2,3,4,5"):
        refused(here, "标记的位置", words="缺说明", severity="error", leaf=2, box=bad)
    for out in ("9000,9000,9100,9100", "-50,-50,-10,-10", "inf,0,inf,10"):
        refused(here, "标记的位置", words="缺说明", severity="error", leaf=2, box=out)
    assert len(matters(shop, s.id)) == 3
    # drawn from right to left and over the edge
    good = {
        "words": "缺说明",
        "severity": "notice",
        "leaf": 2,
        "box": "300,-5,20,99999",
        "key": "nothing",
        "text": "文字",
    }
    assert who.post(here, good).status_code == 200
    d = matters(shop, s.id)[-1]
    leaf = shop.office.views.of(s).leaves[1]
    assert d.spot == {"box": [20, 0, 300, round(leaf.height, 1)], "key": "", "text": "文字"}
    assert (d.verdict, d.who, d.leaf) == ("confirmed", "审核人", 2)
    refused(f"/submissions/{s.id}/accept", "还有 3 个")
    for m, verdict in ((a, "confirmed"), (b, "dismissed"), (c, "solved")):
        decide(who, m.id, verdict, "理由")
    refused(f"/submissions/{s.id}/accept", "还有 1 个")
    decide(who, a.id, "solved")
    assert last(shop).state == State.REVIEW  # the notice does not hold it up; what was not checked does
    refused(f"/submissions/{s.id}/ticks", "没有这一项", 404, key="0" * 16, done="true")
    u, other = shop.office.views.of(s).unchecked
    ticked = who.post(f"/submissions/{s.id}/ticks", {"key": u.key, "done": "true", "words": "看过原件"})
    assert "1/2" in ticked.text and "审核人" in ticked.text
    assert last(shop).state == State.REVIEW
    assert "2/2" in who.post(f"/submissions/{s.id}/ticks", {"key": other.key, "done": "true"}).text
    assert last(shop).state == State.CLEAN
    assert "1/2" in who.post(f"/submissions/{s.id}/ticks", {"key": u.key}).text
    decide(who, a.id, "reopened")
    assert last(shop).state == State.REVIEW
    # a department reads, and decides nothing
    shop.person("湖荡厅", body=BODY)
    theirs = shop.client("湖荡厅")
    assert theirs.get(f"/submissions/{s.id}").status_code == 200
    assert 'data-do="' not in theirs.get(f"/submissions/{s.id}").text
    for path, data in (
        (f"/matters/{a.id}/decisions", {"verdict": "confirmed"}), (here, good), (f"/submissions/{s.id}/accept", {}),
        (f"/submissions/{s.id}/ticks", {"key": u.key, "done": "true"}), (f"/submissions/{s.id}/return", {}),
        (f"/submissions/{s.id}/profile", {"year": "2018"}),
    ):  # fmt: skip
        assert theirs.post(path, data).status_code == 403, path


def test_going_through_and_on_to_the_next(shop: Shop) -> None:
    s = submitted(shop, "jiangsu-three-errors.pdf")
    who = shop.client("审核人")
    other = checked(
        shop,
        who,
        s.season_id,
        "2.pdf",
        example("jiangsu-clean.pdf"),
        entry=entry_of(shop, s.season_id, OTHER),
    )
    who.post(f"/submissions/{other.id}/profile", {"entry": entry_of(shop, s.season_id, OTHER)})
    work(shop)
    assert f'id="following" href="/submissions/{other.id}"' in who.get(f"/submissions/{s.id}").text
    answer = who.post(f"/submissions/{other.id}/accept")
    assert answer.headers["location"].startswith(f"/submissions/{s.id}?")
    for m in matters(shop, s.id):
        decide(who, m.id, "dismissed", "不适用于本单位")
    assert who.post(f"/submissions/{s.id}/accept").headers["location"].startswith(f"/seasons/{s.season_id}?")
    twice = who.post(f"/submissions/{s.id}/return")
    assert twice.status_code == 409


# -------------------------------------------------------------------------------------------------- notices


def words_of(data: bytes) -> str:
    book = docx.Document(io.BytesIO(data))
    cells = [c.text for t in book.tables for r in t.rows for c in r.cells]
    return re.sub(r"\s", "", "".join([p.text for p in book.paragraphs] + cells))


@ONE_DATABASE
@pytest.mark.parametrize("name", KINDS)
def test_a_notice_holds_what_was_confirmed(shop: Shop, name: str) -> None:
    s = submitted(shop, name)
    who = shop.client("审核人")
    first, *rest = matters(shop, s.id)
    decide(who, first.id, "dismissed", "原文有说明")
    for m in rest:
        decide(who, m.id, "confirmed")
    leaf = shop.office.views.of(s).leaves[0]
    who.post(f"/submissions/{s.id}/defects", {"words": "缺少政府采购的说明文字", "severity": "warning", "leaf": 1,
        "box": "10,10,200,100" if leaf.width else "", "text": "采购"})  # fmt: skip
    asked = who.get(f"/submissions/{s.id}/return").text
    assert first.message not in asked and all(m.message.split("“")[0] in asked for m in rest)
    notice = give_back(who, s.id)
    told = who.get(f"/notices/{notice}.json").json()
    assert [r["message"] for r in told["rows"]] == [*(m.message for m in rest), "缺少政府采购的说明文字"]
    word = who.get(f"/notices/{notice}.docx").content
    text = words_of(word)
    for r in told["rows"]:
        assert re.sub(r"\s", "", r["message"]) in text
    assert re.sub(r"\s", "", first.message) not in text
    book = docx.Document(io.BytesIO(word))
    if leaf.kind == "picture":
        assert len(book.inline_shapes) >= len(rest)
    else:  # an excerpt of the table, with the number
        tables = [[c.text for r in t.rows for c in r.cells] for t in book.tables]
        for m in rest:
            assert any(m.told["spots"][0]["text"] in cells for cells in tables), m.message
    pdf = who.get(f"/notices/{notice}.pdf").content
    opened = pdfium.PdfDocument(pdf)
    printed = re.sub(r"\s", "", "".join(p.get_textpage().get_text_range() for p in opened))
    assert all(re.sub(r"\s", "", r["message"])[:12] in printed for r in told["rows"])
    assert who.get(f"/notices/{notice}.exe").status_code == 404
    assert who.get("/notices/99.pdf").status_code == 404
    assert who.get(f"/notices/{notice}.csv").content.startswith(b"\xef\xbb\xbf")


def test_nothing_confirmed_is_nothing_to_return(shop: Shop) -> None:
    s = submitted(shop, "jiangsu-three-errors.pdf")
    who = shop.client("审核人")
    answer = who.post(f"/submissions/{s.id}/return")
    assert answer.status_code == 409 and "没有已确认的问题" in answer.text
    confirm_all(shop, who, s.id)
    bad = who.post(f"/submissions/{s.id}/return", {"due": "下周"})
    assert bad.status_code == 409 and last(shop).state == State.REVIEW
    one, two = give_back(who, s.id), give_back(who, s.id)
    assert two == one + 1 and "〕2号" in who.get(f"/notices/{two}").text
    shop.person("湖荡厅", body=BODY)
    shop.person("云水厅", body=OTHER)
    assert shop.client("湖荡厅").get(f"/notices/{one}").status_code == 200
    assert f"/notices/{one}" in shop.client("湖荡厅").get(f"/entries/{s.entry_id}").text
    for kind in ("", ".json", ".docx", ".pdf"):
        assert shop.client("云水厅").get(f"/notices/{one}{kind}").status_code == 404


@ONE_DATABASE
def test_the_template_of_the_office(shop: Shop) -> None:
    head, who = shop.client("负责人"), shop.client("审核人")
    assert (
        who.get("/template").status_code == 403
        and who.post("/template", {"template": "x"}).status_code == 403
    )
    assert head.get("/template").status_code == 200
    own = "# 关于〔单位〕的通知\n请〔单位〕于〔期陷〕前改正：\n〔问题清单〕\n> 〔落款〕"
    answer = head.post("/template", {"template": own, "office_name": "青禾区财政局", "phone": "0800"})
    assert (
        answer.status_code == 200 and "期陷" in answer.text and "期限" in answer.text
    )  # told, and what it may be
    good = own.replace("期陷", "期限")
    assert head.post("/template", {"template": good, "office_name": "青禾区财政局"}).status_code == 303
    s = submitted(shop, "hubei-lost-point.txt")
    confirm_all(shop, who, s.id)
    text = words_of(who.get(f"/notices/{give_back(who, s.id)}.docx").content)
    assert "关于湖北省云梦泽市青石区数据资源局的通知" in text and "于2018年3月1日前改正" in text
    assert text.endswith("青禾区财政局") or "青禾区财政局" in text
    assert "〔" not in text
    head.post("/template", {"template": "", "office_name": ""})
    assert "关于〔单位〕" in head.get("/template").text.replace(" ", "")


# --------------------------------------------------------------------------------------------------- drafts


def test_a_draft_is_its_departments_alone(shop: Shop) -> None:
    head, who = shop.client("负责人"), shop.client("审核人")
    number = season(shop, head)
    shop.person("湖荡甲", body=BODY)
    shop.person("湖荡乙", body=BODY)
    shop.person("云水厅", body=OTHER)
    one = shop.client("湖荡甲")

    def bureau() -> list[Any]:
        paths = (
            f"/seasons/{number}.json",
            "/seasons.json",
            f"/entries/{entry_of(shop, number, BODY)}.json",
            f"/seasons/{number}/statistics.json",
        )
        return [a.json() for p in paths if (a := who.get(p)).status_code == 200]

    before = bureau()
    assert len(before) >= 3
    s = checked(shop, one, number, "草稿.pdf", example("jiangsu-three-errors.pdf"), draft=True)
    assert (s.draft, s.state) == (True, State.REVIEW)
    assert bureau() == before
    a, b, c = matters(shop, s.id)
    addresses = [f"/submissions/{s.id}{x}" for x in ("", ".json", ".csv", "/original", "/leaves/1", "/leaves/1.png", "/numbers.json",
        "/profile", "/leaves/1/words?x0=0&top=0&x1=1&bottom=1", "/return")]  # fmt: skip
    for other in (head, who, shop.client("管理员"), shop.client("云水厅")):
        for path in addresses[:-1]:
            assert other.get(path).status_code == 404, path
        assert other.post(f"/matters/{a.id}/decisions", {"verdict": "confirmed"}).status_code == 404
        assert other.post(f"/submissions/{s.id}/again").status_code == 404
        assert "草稿.pdf" not in other.get(f"/seasons/{number}/hand-in").text
    for colleague in (one, shop.client("湖荡乙")):
        assert all(colleague.get(p).status_code == 200 for p in addresses[:-1])
        assert "自查" in colleague.get(f"/submissions/{s.id}").text
    assert "草稿.pdf" in one.get(f"/entries/{entry_of(shop, number, BODY)}").text
    # it is judged by its own people, and never returned or accepted
    decide(one, a.id, "dismissed", "有说明")
    added = one.post(f"/submissions/{s.id}/defects", {"words": "还缺一段", "severity": "error"})
    assert added.status_code == 200
    for path in ("/accept", "/return"):
        assert one.post(f"/submissions/{s.id}{path}").status_code == 403
    # the next draft follows the draft, what is handed in follows nothing
    t = checked(shop, one, number, "草稿二.pdf", example("jiangsu-clean.pdf"), draft=True)
    assert (t.before_id, t.round) == (s.id, 2)
    u = checked(shop, one, number, "正式.pdf", example("jiangsu-clean.pdf"))
    assert (u.before_id, u.round, u.draft) == (None, 1, False)
    assert [x.state for x in submissions(shop)][:2] == [State.SUPERSEDED, State.REVIEW]
    row = next(r for r in who.get(f"/seasons/{number}.json").json()["rows"] if r["body"] == BODY)
    assert (row["submission"], row["round"]) == (u.id, 1)
    assert [r["id"] for r in who.get(f"/entries/{row['entry']}.json").json()["rows"]] == [u.id]


# ------------------------------------------------------------------------------------- addresses for programs


@ONE_DATABASE
def test_openapi_tells_every_address(shop: Shop) -> None:
    told = shop.client("审核人").get("/openapi.json").json()
    paths: dict[str, dict[str, Any]] = told["paths"]
    for base in ("/seasons", "/seasons/{number}", "/entries/{number}", "/submissions/{number}", "/submissions/{number}/changes",
                 "/notices/{number}", "/deliveries/{key}", "/users", "/audit", "/me"):  # fmt: skip
        assert "get" in paths[f"{base}.json"] and "get" in paths[f"{base}.csv"], base
    posts = {p for p, methods in paths.items() if "post" in methods}
    assert posts >= {
        "/seasons", "/seasons/{number}/files", "/seasons/{number}/roster", "/seasons/{number}/recheck", "/entries/{number}",
        "/submissions/{number}/profile", "/submissions/{number}/again", "/submissions/{number}/withdraw",
        "/submissions/{number}/defects", "/submissions/{number}/ticks", "/submissions/{number}/accept",
        "/submissions/{number}/return", "/matters/{number}/decisions",
    }  # fmt: skip
    assert not any(p.startswith(("/login", "/logout", "/static", "/health")) for p in paths)
    ids = []
    for path, methods in paths.items():
        for operation in methods.values():
            ids.append(operation["operationId"])
            assert re.search(r"[\u4e00-\u9fff]", operation["summary"]), path
            named = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert not {"office", "who", "request"} & {p["name"] for p in operation.get("parameters", ())}, (
                path
            )
    assert len(ids) == len(set(ids))
    files_in = {p["name"]: p for p in paths["/seasons/{number}/files"]["post"]["parameters"]}
    assert (
        files_in["name"]["required"]
        and files_in["delivery"]["required"]
        and not files_in["draft"]["required"]
    )
    assert files_in["delivery"]["schema"]["pattern"] == "^[0-9a-f]{32}$"
    body = paths["/matters/{number}/decisions"]["post"]["requestBody"]["content"][
        "application/x-www-form-urlencoded"
    ]
    name = body["schema"]["$ref"].rsplit("/", 1)[-1]
    assert told["components"]["schemas"][name]["required"] == ["verdict"]
    assert shop.client("审核人").get("/api").status_code == 200


def test_every_json_is_json_and_every_csv_a_table(shop: Shop) -> None:
    """Both of an empty office and of one with a season, a file, a notice and a second version."""
    admin = shop.client("管理员")
    paths = admin.get("/openapi.json").json()["paths"]
    wanted = [p for p, m in paths.items() if "get" in m and p.endswith((".json", ".csv"))]
    assert len(wanted) > 15

    def ask(values: dict[str, str]) -> None:
        for path in wanted:
            if set(re.findall(r"{(\w+)}", path)) - {"number", "key"} or (
                "statistic" in path and "number" not in path
            ):
                continue
            subject = path.split("/")[1]
            if "{" in path and subject not in values:
                continue
            answer = admin.get(re.sub(r"{\w+}", values.get(subject, ""), path))
            assert answer.status_code == 200, (path, answer.text)
            if path.endswith(".json"):
                assert answer.headers["content-type"] == "application/json"
                assert isinstance(answer.json(), dict)
            else:
                assert answer.content.startswith(b"\xef\xbb\xbf"), path
                heads = next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))), [])
                assert heads and all(heads), path
                assert len(set(heads)) == len(heads)

    ask({})
    number = season(shop, admin)
    ask({"seasons": str(number), "entries": str(entry_of(shop, number, BODY))})
    first = checked(shop, admin, number, "jiangsu-three-errors.pdf")
    confirm_all(shop, admin, first.id)
    notice = give_back(admin, first.id)
    key = hand_in(admin, number, "2.pdf", example("jiangsu-clean.pdf"))
    work(shop)
    ask(
        {
            "seasons": str(number),
            "entries": str(first.entry_id),
            "submissions": str(last(shop).id),
            "notices": str(notice),
            "deliveries": key,
        }
    )
    # a mistake is told in the form that was asked for
    for path in ("/seasons/99.json", "/submissions/99.csv", "/entries/99.json", "/deliveries/x.json"):
        answer = admin.get(path)
        assert answer.status_code == 404 and answer.json()["error"]
    assert shop.browser().get("/seasons.json").json() == {"error": "请先登录，或使用有效的接口密钥。"}


def test_two_files_as_one_have_a_report_by_the_contract(shop: Shop) -> None:
    who = shop.client("审核人")
    number = season(shop, shop.client("负责人"))
    key = hand_in(
        who, number, "说明.txt", prose(("支出预算总计15,168.72万元", "支出预算总计15,186.72万元")).encode()
    )
    hand_in(who, number, "表.pdf", pages("jiangsu-clean.pdf", TABLES), key)
    work(shop)
    s = submissions(shop)[0]
    told = who.get(f"/submissions/{s.id}.json").json()
    jsonschema.validate(told["report"], SCHEMA)
    assert told["submission"]["id"] == s.id and told["rows"]
    view = shop.office.views.of(s)
    assert {leaf.file for leaf in view.leaves} == {0, 1} and {leaf.kind for leaf in view.leaves} == {
        "flow",
        "picture",
    }
    for leaf in view.leaves:
        answer = who.get(f"/submissions/{s.id}/leaves/{leaf.number}")
        keys = set(re.findall(r'data-key="([^"]+)"', answer.text))
        assert {n.key for n in view.numbers.values() if n.leaf == leaf.number} <= keys
        if leaf.kind == "picture":
            assert who.get(f"/submissions/{s.id}/leaves/{leaf.number}.png?width=300").content.startswith(
                b"\x89PNG"
            )
    confirm_all(shop, who, s.id)
    notice = give_back(who, s.id)
    assert "15,186.72" in words_of(who.get(f"/notices/{notice}.docx").content)
