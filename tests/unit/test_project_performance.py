"""Monitoring and self-assessment of a project: weights, points, both sides at mid-year, forms that are kept and taken
back, papers that invent nothing; ten projects worked by hand."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from yibenzhang.ledger.ingesting import Origin, ingest
from yibenzhang.ledger.store import Ledger, restore
from yibenzhang.projects.book import Keeper
from yibenzhang.projects.method import NATIONAL, method_of
from yibenzhang.projects.performing import State, assessed, monitored, with_weights
from yibenzhang.projects.records import (
    ASSESSMENT,
    FILE,
    MONITORING,
    Forms,
    Record,
    RecordRefused,
    Result,
    checked,
    keep,
    standing,
    take_back,
)
from yibenzhang.projects.scoring import Reason
from yibenzhang.projects.summary import summed
from yibenzhang.reports.performance_files import as_docx, as_xlsx
from yibenzhang.reports.performance_words import (
    assessment_report,
    assessment_table,
    monitoring_table,
    synopsis,
)

METHOD = method_of()
AT = "2026-01-20T10:00:00"


def record(
    *results: Result,
    kind: str = ASSESSMENT,
    budget: str = "1000000",
    executed: str = "950000",
    **more: object,
) -> Record:
    given = {"date": "2026-01-20", "words": {}, **more}
    return Record("", kind, "示范市数据局", "", "政务云", "政务云", 2025, str(given["date"]), budget, executed, results, given["words"], "王", AT)  # type: ignore[arg-type]  # fmt: skip


def line(level: str, target: str, actual: str, weight: str = "", given: str = "", **more: str) -> Result:
    return Result(level, "", f"{target}的指标", target, actual, weight, given, **more)


# ---- ten projects worked by hand -----------------------------------------------------------------------

BY_HAND = [
    # executed of 100, results as (level, target, actual, weight), points by hand
    ("95", [("产出指标", "≥10个", "10个", 40), ("产出指标", "≥99%", "90%", 20), ("满意度指标", "≥90%", "95%", 30)], "9.50 40 18.18 30", "97.68"),
    ("100", [("产出指标", "=24小时", "24小时", 50), ("效益指标", "≥100件", "50件", 40)], "10.00 50 20.00", "80.00"),
    ("120", [("产出指标", "≥30次", "20次", 60), ("满意度指标", "≥95%", "99.14%", 30)], "10.00 40.00 30", "80.00"),
    ("0", [("产出指标", "≥1套", "0套", 50), ("成本指标", "≤100万元", "0万元", 40)], "0.00 0.00 40", "40.00"),
    ("50", [("成本指标", "50万元", "62.5万元", 20), ("产出指标", "12期", "13期", 70)], "5.00 16.00 70", "91.00"),
    ("80", [("产出指标", "≤2小时", "4小时", 45), ("产出指标", "≤0次", "0次", 45)], "8.00 22.50 45", "75.50"),
    ("99.99", [("产出指标", "≤0次", "3次", 45), ("效益指标", "≥0.5%", "1.4%", 45)], "10.00 0 45", "55.00"),
    ("33.33", [("产出指标", "＞95%", "95%", 30), ("产出指标", "＜5%", "5%", 30), ("满意度指标", "90%", "45%", 30)], "3.33 30.00 30.00 15.00", "78.33"),
    ("75", [("产出指标", "1,000份", "999份", 90)], "7.50 89.91", "97.41"),
    ("88.75", [("成本指标", "≤3843.67万元", "4262.96万元", 4), ("产出指标", "≥30次", "20次", 2), ("产出指标", "≥36次", "43次", 84)], "8.88 3.61 1.33 84", "97.82"),
]  # fmt: skip


@pytest.mark.parametrize(("executed", "results", "points", "total"), BY_HAND)
def test_ten_projects_worked_by_hand(
    executed: str, results: list[tuple[str, str, str, int]], points: str, total: str
) -> None:
    lines = [line(level, target, actual, str(weight)) for level, target, actual, weight in results]
    found = assessed(record(*lines, budget="100", executed=executed), METHOD)
    assert [x.points.low for x in found.lines] == [x.points.high for x in found.lines]
    assert [x.points.high for x in found.lines] == [Decimal(p) for p in points.split()]
    assert found.total == (Decimal(total), Decimal(total))
    assert found.weight == 100


# ---- weights -------------------------------------------------------------------------------------------


def test_weights_of_the_method_where_none_are_given() -> None:
    made = with_weights(
        [line(x, "1", "") for x in ("产出指标", "产出指标", "产出指标", "效益指标", "满意度指标")], METHOD
    )
    assert [r.weight for r in made] == ["16.7", "16.7", "16.6", "30", "10"]
    cost = with_weights(
        [line(x, "1", "") for x in ("成本指标", "产出指标", "效益指标", "满意度指标")], METHOD
    )
    assert [r.weight for r in cost] == ["20", "40", "20", "10"]
    without = with_weights([line(x, "1", "") for x in ("产出指标", "满意度指标")], METHOD)
    assert [r.weight for r in without] == ["75", "15"]


@given(
    st.lists(
        st.sampled_from(["成本指标", "产出指标", "效益指标", "满意度指标", "其他指标", ""]),
        min_size=1,
        max_size=40,
    )
)
def test_weights_make_up_what_the_method_leaves_for_them(levels: list[str]) -> None:
    made = with_weights([line(x, "1", "") for x in levels], METHOD)
    assert sum(Decimal(r.weight) for r in made) == 90
    assert all(Decimal(r.weight) >= 0 for r in made)


def test_own_weights_stay_also_where_they_do_not_make_up_100() -> None:
    found = assessed(
        record(line("产出指标", "1个", "1个", "30"), line("效益指标", "1个", "1个", "30")), METHOD
    )
    assert found.weight == 70


# ---- differences, edges --------------------------------------------------------------------------------


def test_the_difference_to_the_body_s_own_points_line_by_line() -> None:
    found = assessed(
        record(
            line("产出指标", "≥99%", "90%", "20", "20"), line("效益指标", "明显提升", "达成预期指标", "30", "25"),
            line("效益指标", "明显提升", "部分达成预期指标", "30", "28"), line("满意度指标", "≥90%", "", "10"),
            words={"execution_given": "9.5"},
        ),
        METHOD,
    )  # fmt: skip
    assert [x.differs for x in found.lines] == [0, Decimal("1.82"), 0, 4, None]
    assert found.given is None
    assert [x.points.reason for x in found.lines][1:] == [
        Reason.SHORT,
        Reason.BAND,
        Reason.BAND,
        Reason.NO_RESULT,
    ]


def test_without_a_budget_there_is_no_rate_and_no_synopsis() -> None:
    bare = record(line("产出指标", "1个", "1个", "90"), budget="", executed="")
    assert assessed(bare, METHOD).lines[0].points.reason is Reason.ZERO_TARGET
    assert synopsis(bare, METHOD) == ""
    assert "没有填写预算数或执行数" in "\n".join(
        s for x in assessment_report(bare, METHOD).sections for s in x.lines
    )


OWN = """
[[execution_band]]
rate = 95
points = 10

[[execution_band]]
rate = 80
points = 7
"""


def test_another_method_gives_steps_and_nothing_for_a_miss(tmp_path: Path) -> None:
    text = NATIONAL.read_text(encoding="utf-8").replace('short = "proportion"', 'short = "none"') + OWN
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    own = method_of(str(tmp_path / "m.toml"))
    for spent, points in (("96", 10), ("95", 10), ("94.99", 7), ("80", 7), ("79", 0)):
        found = assessed(record(line("产出指标", "≥4个", "3个", "90"), budget="100", executed=spent), own)
        assert [x.points.high for x in found.lines] == [points, 0]
        assert found.lines[1].points.reason is Reason.MISSED
    other = text.replace('short = "none"', 'least = "0.8"').replace('least = "0" ', "# ")
    (tmp_path / "n.toml").write_text(other, encoding="utf-8")
    two = record(line("产出指标", "≥4个", "3个", "90"), line("产出指标", "≥5个", "4个", "90"))
    assert [x.points.high for x in assessed(two, method_of(str(tmp_path / "n.toml"))).lines[1:]] == [0, 72]


# ---- monitoring ----------------------------------------------------------------------------------------


def watched(
    target: str, actual: str, level2: str = "", forecast: str = "", level1: str = "产出指标"
) -> State:
    one = Result(level1, level2, "某项", target, actual, forecast=forecast)
    found = monitored(record(one, kind=MONITORING, date="2025-06-30"), METHOD)
    return found.lines[0].state


@pytest.mark.parametrize(
    ("target", "actual", "level2", "forecast", "state"),
    [
        ("≥100件", "45件", "数量指标", "", State.ON_COURSE),
        ("≥100件", "39件", "数量指标", "", State.SLOW),
        ("≥100件", "20件", "数量指标", "", State.STALLED),
        ("≥100件", "100件", "数量指标", "", State.DONE),
        ("=100件", "110件", "数量指标", "", State.DONE),
        ("≥99%", "98%", "质量指标", "", State.SLOW),
        ("≥99%", "99.5%", "质量指标", "", State.DONE),
        ("≤0次", "0次", "质量指标", "", State.ON_COURSE),
        ("≤0次", "1次", "质量指标", "", State.BROKEN),
        ("≤100万元", "101万元", "经济成本指标", "", State.BROKEN),
        ("≥100件", "", "数量指标", "", State.UNKNOWN),
        ("≥100件", "", "数量指标", "yes", State.ON_COURSE),
        ("≥100件", "90件", "数量指标", "no", State.STALLED),
        ("≤0次", "1次", "质量指标", "yes", State.BROKEN),
        ("明显提升", "正在推进", "", "", State.UNKNOWN),
        ("≥3台", "95%", "数量指标", "", State.UNKNOWN),
        ("≥0件", "0件", "数量指标", "", State.DONE),
        ("0次", "0次", "质量指标", "", State.ON_COURSE),
        ("0次", "2次", "质量指标", "yes", State.BROKEN),
    ],
)  # fmt: skip
def test_a_promise_at_mid_year(target: str, actual: str, level2: str, forecast: str, state: State) -> None:
    assert watched(target, actual, level2, forecast) is state


@pytest.mark.parametrize(
    ("day", "executed", "state"),
    [
        ("2025-06-30", "450000", State.ON_COURSE),
        ("2025-06-30", "390000", State.SLOW),
        ("2025-06-30", "240000", State.STALLED),
        ("2025-06-30", "1000000", State.DONE),
        ("2025-01-01", "0", State.STALLED),
        ("2025-06-30", "", State.UNKNOWN),
    ],
)
def test_money_at_mid_year(day: str, executed: str, state: State) -> None:
    assert monitored(record(kind=MONITORING, date=day, executed=executed), METHOD).money is state


def test_both_sides_together_and_as_a_paper() -> None:
    one = record(
        Result("产出指标", "数量指标", "系统", "≥10个", "2个"),
        kind=MONITORING,
        date="2025-06-30",
        executed="500000",
    )
    found = monitored(one, METHOD)
    assert (found.money, found.worst) == (State.ON_COURSE, State.STALLED)
    paper = monitoring_table(one, METHOD)
    assert ("执行率", "已过49.59%的时间，执行50%的预算：正常") in paper.pairs
    assert paper.sections[0].table is not None and paper.sections[0].table.rows[0][5:7] == ("20%", "严重偏慢")


# ---- forms that are kept -------------------------------------------------------------------------------


def test_a_later_form_takes_the_place_and_taking_back_gives_it_back(tmp_path: Path) -> None:
    first = keep(tmp_path, record(line("产出指标", "1个", "1个")))
    second = keep(tmp_path, replace(record(line("产出指标", "1个", "2个")), by="李"))
    other = keep(tmp_path, record(kind=MONITORING, date="2025-06-30"))
    assert {r.id for r in standing(tmp_path)} == {second.id, other.id}
    take_back(tmp_path, second.id, AT, "李")
    assert {r.id for r in standing(tmp_path)} == {first.id, other.id}
    with pytest.raises(RecordRefused):
        take_back(tmp_path, second.id, AT, "李")
    assert len((tmp_path / FILE).read_text(encoding="utf-8").splitlines()) == 4
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes() + b'{"action": "ke')
    assert {r.id for r in standing(tmp_path)} == {first.id, other.id}


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (record(date="2026-13-01"), "日期"),
        (record(date=""), "日期"),
        (record(kind=MONITORING, date="2026-06-30"), "不在 2025 年里"),
        (record(budget="一百"), "不是数"),
        (record(executed="-5"), "不是数，或者小于零"),
        (record(executed="NaN"), "不是数"),
        (record(line("产出指标", "1", "1", "120")), "0 到 100"),
        (record(line("产出指标", "1", "1", "20", "25")), "超过分值"),
        (record(words={"execution_given": "x"}), "预算执行率"),
        (record(words={"progress": "长" * 4001}), "太长"),
        (record(*[line("产出指标", "1", "1")] * 301), "太长"),
    ],
)
def test_what_is_wrong_in_a_form_is_refused(made: Record, words: str) -> None:
    with pytest.raises(RecordRefused, match=words):
        checked(made)


def test_forms_are_events_of_their_project_and_in_backups(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "账本")
    keep(ledger.folder, record(line("产出指标", "1个", "1个", "90", "90"), words={"execution_given": "9.5"}))
    keeper = Keeper()
    (project,) = keeper.book(ledger).projects
    (event,) = project.events
    assert (event.kind, event.year, event.source.file) == ("self_assessment", 2025, "王填报")
    assert {m.measure: m.value for m in event.amounts} == {
        "budget": 1000000,
        "executed": 950000,
        "score": Decimal("99.5"),
    }
    assert [a.rule for a in keeper.asked(ledger)] == ["results.no_evidence"]
    keep(ledger.folder, record(line("产出指标", "1个", "1个", "90", "90", evidence="台账")))
    assert keeper.asked(ledger) == []
    ledger.backup(tmp_path / "b.tar")
    assert len(standing(restore(tmp_path / "b.tar", tmp_path / "另").folder)) == 1


def test_only_bodies_with_news_are_worked_out_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "账本")
    keep(ledger.folder, record())
    keep(ledger.folder, replace(record(), body="另一局"))
    keeper = Keeper()
    before = keeper.book(ledger)
    assert keeper.book(ledger) is before
    keep(ledger.folder, replace(record(), body="另一局", year=2024))
    after = keeper.book(ledger)
    kept = {p.who for p in before.projects for q in after.projects if p is q}
    assert kept == {"示范市数据局"}


def test_forms_that_are_read_on_are_those_that_are_read_whole(tmp_path: Path) -> None:
    read_on = Forms()
    assert read_on.standing(tmp_path) == ()
    first = keep(tmp_path, record(words={"use": "两行\u2028一段\x85完"}))
    assert read_on.standing(tmp_path) == standing(tmp_path) == (first,)
    second = keep(tmp_path, replace(record(), year=2024))
    assert read_on.standing(tmp_path) == standing(tmp_path) == (first, second)
    take_back(tmp_path, first.id, AT, "王")
    assert read_on.standing(tmp_path) == standing(tmp_path) == (second,)
    with (tmp_path / FILE).open("a", encoding="utf-8") as file:
        file.write('{"action": "keep", "id"')  # a kill cut it off
    assert read_on.standing(tmp_path) == (second,)
    third = keep(tmp_path, replace(record(), year=2023))
    assert read_on.standing(tmp_path) == standing(tmp_path) == (second, third)
    (tmp_path / FILE).unlink()
    other = keep(tmp_path, replace(record(), year=2022))
    assert read_on.standing(tmp_path) == standing(tmp_path) == (other,)


def test_sums_of_bodies_that_are_kept_are_those_worked_out_anew(tmp_path: Path) -> None:
    ledger, keeper = Ledger(tmp_path / "账本"), Keeper()
    for body, executed in (("甲局", "10"), ("乙局", "20"), ("甲局", "30"), ("丙局", "")):
        keep(ledger.folder, replace(record(), body=body, executed=executed))
        book = keeper.book(ledger)
        found = keeper.summary(book, "", lambda projects=book.projects: projects)
        assert found == summed(Keeper().book(ledger).projects)
    assert found.whole.money["executed"] == 50 and found.whole.projects == 3


def test_questions_of_a_folder_of_standards_look_beyond_one_body(tmp_path: Path) -> None:
    (tmp_path / "projects").mkdir()
    sql = "SELECT '' AS project, '' AS body, '' AS name, count(DISTINCT body) AS bodies, '' AS cited FROM project"
    (tmp_path / "projects" / "portfolio.toml").write_text(
        '[[question]]\nid = "bodies"\nname = "单位"\nmessage = "{bodies} 个单位"\n'
        f'sql = "{sql}"\nfires = [{{}}]\ntwin = [{{}}]\n',
        encoding="utf-8",
    )
    ledger, keeper, extra = Ledger(tmp_path / "账本"), Keeper(), str(tmp_path)
    for n, body in enumerate(("甲局", "乙局"), start=1):
        keep(ledger.folder, replace(record(line("产出指标", "1个", "1个", "90", "90")), body=body))
        told = [(a.rule, a.body) for a in keeper.asked(ledger, extra)]
        assert told == [*(("results.no_evidence", b) for b in sorted(("甲局", "乙局")[:n])), ("bodies", "")]
        assert keeper.asked(ledger, extra)[-1].message == f"{n} 个单位"


# ---- papers --------------------------------------------------------------------------------------------


def test_papers_hold_the_numbers_and_ask_for_the_words() -> None:
    one = record(
        line("产出指标", "≥99%", "90%", "60", "60"), line("满意度指标", "≥90%", "95%", "30", "30", evidence="问卷"),
        words={"execution_given": "9.5", "use": "结果报财政部门。"},
    )  # fmt: skip
    said = "\n".join(
        p.text for p in Document(io.BytesIO(as_docx(assessment_report(one, METHOD), False))).paragraphs
    )
    for words in ("执行率95%", "自评得分99.5分，等级为“优”", "按办法计算，得94.05分", "“≥99%的指标”自评60分，按办法54.55", "结果报财政部门。"):  # fmt: skip
        assert words in said
    assert said.count("【请填写：") == 6  # goal, cause twice, progress, problems, measures
    tables = Document(io.BytesIO(as_docx(assessment_table(one, METHOD)))).tables
    assert [c.text for c in tables[1].rows[-2].cells][5:8] == ["100", "99.5", "94.05"]
    sheet = load_workbook(io.BytesIO(as_xlsx(assessment_table(one, METHOD)))).active
    assert sheet is not None
    values = [c for row in sheet.iter_rows(values_only=True) for c in row]
    assert 54.55 in values and "（2025年度）" in values
    assert synopsis(one, METHOD) == "政务云项目绩效自评综述：项目全年预算数为100万元，执行数为95万元，完成预算的95%，自评得分99.5分。"  # fmt: skip


def test_what_people_wrote_becomes_no_formula() -> None:
    one = record(replace(line("产出指标", "1个", "1个", "90"), name="=HYPERLINK(1)"))
    sheet = load_workbook(io.BytesIO(as_xlsx(assessment_table(one, METHOD)))).active
    assert sheet is not None
    (cell,) = [c for row in sheet.iter_rows() for c in row if c.value == "=HYPERLINK(1)"]
    assert cell.data_type == "s"


# ---- OCDS ----------------------------------------------------------------------------------------------

PACKAGE = {
    "releases": [
        {
            "ocid": "ocds-1", "date": "2026-01-05T00:00:00Z", "buyer": {"name": "示范市数据局"},
            "tender": {"title": "政务云"}, "awards": [{"id": "A1", "date": "2026-01-05T00:00:00Z", "value": {"amount": 99.5, "currency": "CNY"}, "suppliers": [{"name": "甲公司"}]}],
            "contracts": [{"id": "C1", "awardID": "A1", "dateSigned": "2026-02-01T00:00:00Z", "value": {"amount": 1000000.10, "currency": "CNY"},
                           "implementation": {"transactions": [{"id": "P1", "date": "2026-03-01T00:00:00Z", "value": {"amount": 5, "currency": "CNY"}}]}}],
        },
        {"ocid": "ocds-2", "tender": {"title": "热线"}, "buyer": {"name": "示范市数据局"}, "contracts": [{"id": "C2", "dateSigned": "2026-02-01", "value": {"amount": 1, "currency": "USD"}}]},
        {"ocid": "ocds-3", "tender": {}},
        {"ocid": "ocds-4", "buyer": {"name": "示范市数据局"}, "tender": {"title": "无日期"}, "contracts": [{"id": "C4", "value": {"amount": 1}}]},
    ]
}  # fmt: skip


def test_releases_are_rows_of_procurement_contracts_and_payments(tmp_path: Path) -> None:
    from yibenzhang.projects.importing import ImportRefused, known_numbers, take_rows, undo
    from yibenzhang.projects.ocds import releases_of

    data = json.dumps(PACKAGE).encode()
    found = releases_of(data)
    assert [(r["kind"], r["date"], r["amount"], r["supplier"]) for r in found.rows] == [
        ("procurement", "2026-01-05", "99.5", "甲公司"), ("contract", "2026-02-01", "1000000.1", "甲公司"),
        ("payment", "2026-03-01", "5", "甲公司"),
    ]  # fmt: skip
    assert [
        w for w, part in zip(found.refused, ("USD", "没有标题", "没有日期"), strict=True) if part in w
    ] == list(found.refused)
    ledger = Ledger(tmp_path / "账本")
    assert take_rows(ledger.folder, found.rows, data, "采购.json", AT) == 3
    with pytest.raises(ImportRefused, match="导入过"):
        take_rows(ledger.folder, found.rows, data, "采购.json", AT)
    (project,) = Keeper().book(ledger).projects
    assert [e.kind for e in project.events] == ["procurement", "contract", "payment"]
    assert "contract|示范市数据局|C1" in known_numbers(ledger.folder)
    undo(ledger.folder, "采购.json", AT)
    assert Keeper().book(ledger).projects == ()
    for bad in (b"[1]", b"{}", b'{"releases": []}', b"\xff", b"{"):
        with pytest.raises(ImportRefused):
            releases_of(bad)


def test_a_contract_told_in_a_later_release_is_not_taken_twice(tmp_path: Path) -> None:
    from yibenzhang.projects.importing import ImportRefused, known_numbers, take_rows
    from yibenzhang.projects.ocds import releases_of

    buyer = {"name": "示范市数据局"}
    contract = {"id": "C1", "dateSigned": "2026-02-01", "value": {"amount": 100}}
    paid = {"implementation": {"transactions": [{"id": "P1", "date": "2026-03-01", "value": {"amount": 5}}]}}
    award = {"id": "A1", "date": "2026-01-05", "suppliers": [{"name": "甲公司"}]}
    first = {"releases": [
        {"ocid": "o1", "contracts": [contract | {"awardID": "A1"}]},
        {"ocid": "o1", "buyer": buyer, "tender": {"title": "政务云"}},
        {"ocid": "o1", "awards": [award], "contracts": [contract]},
        {"ocid": "o2", "buyer": buyer, "tender": {"title": "热线"}},
    ]}  # fmt: skip
    found = releases_of(json.dumps(first).encode())
    assert [(r["kind"], r["name"], r["body"], r.get("supplier")) for r in found.rows] == [
        ("contract", "政务云", "示范市数据局", "甲公司"), ("procurement", "政务云", "示范市数据局", "甲公司"),
    ]  # fmt: skip
    assert ["C1" in found.refused[0], "没有可以收的" in found.refused[1]] == [True, True]
    folder = Ledger(tmp_path / "账本").folder
    take_rows(folder, found.rows, b"1", "一.json", AT)
    later = {
        "releases": [
            {"ocid": "o1", "buyer": buyer, "tender": {"title": "政务云"}, "contracts": [contract | paid]}
        ]
    }
    found = releases_of(json.dumps(later).encode(), known=known_numbers(folder))
    assert [(r["kind"], r["amount"]) for r in found.rows] == [("payment", "5")] and "C1" in found.refused[0]
    take_rows(folder, found.rows, b"2", "二.json", AT)
    with pytest.raises(ImportRefused, match="没有能收的行"):
        take_rows(
            folder,
            releases_of(json.dumps(later).encode(), known=known_numbers(folder)).rows,
            b"3",
            "三.json",
            AT,
        )


FORM = """示范市数据局2026年部门预算
说明一
说明二
项目绩效目标表
单位：万元
项目名称\t数据推介
年度金额\t20.00
一级指标\t二级指标\t三级指标\t指标值\t权重
产出指标\t数量指标\t推介会次数\t≥10次\t30%
\t质量指标\t展品完好率\t≥95%\t30%
效益指标\t社会效益指标\t影响面\t明显提升\t(20分)
满意度指标\t服务对象满意度指标\t满意度\t≥90%\t20
"""


def test_goals_are_lines_in_their_printed_order_with_weights_in_points(tmp_path: Path) -> None:
    from yibenzhang.projects.method import method_of
    from yibenzhang.projects.performing import beside_execution
    from yibenzhang.projects.promises import goals_for

    (tmp_path / "预算.txt").write_text(FORM, encoding="utf-8")
    ledger = Ledger(tmp_path / "账本")
    list(ingest(ledger, [str(tmp_path / "预算.txt")], AT, Origin({}), jobs=1))
    book = Keeper().book(ledger)
    (project,) = book.projects
    goals = goals_for(project, 2026, book.indicators)
    assert [(g.level1, g.name, g.weight) for g in goals] == [
        ("产出指标", "推介会次数", "30"), ("产出指标", "展品完好率", "30"), ("效益指标", "影响面", "20"),
        ("满意度指标", "满意度", "20"),
    ]  # fmt: skip
    beside = beside_execution(goals, method_of())
    assert [g.weight for g in beside] == ["27", "27", "18", "18"]


def test_goals_of_the_year_stand_before_those_of_the_whole_life() -> None:
    from yibenzhang.projects.indicators import made
    from yibenzhang.projects.promises import yearly

    rows = [
        {"event": "a", "level1": "产出指标", "name": "系统数", "target": "20个", "period": "long"},
        {"event": "a", "level1": "产出指标", "name": "系统数", "target": "≥5个", "period": "annual"},
        {"event": "a", "level1": "效益指标", "name": "机房数", "target": "减少", "period": "long"},
        {"event": "b", "level1": "效益指标", "name": "用户数", "target": "100人", "period": "long"},
    ]
    found = made(rows).of(("a", "b"))
    assert [i.target for i in yearly(found)] == ["≥5个", "100人"]
    assert [i.target for i in yearly(found, same=True)] == ["≥5个", "减少", "100人"]


# ---- from the command line -----------------------------------------------------------------------------


@pytest.mark.middle
def test_releases_papers_and_excel_from_the_command_line(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from yibenzhang.cli import app

    ledger = Ledger(tmp_path / "账本")
    at, run = ["--ledger", str(ledger.folder)], CliRunner()
    package = tmp_path / "采购.json"
    package.write_text(json.dumps(PACKAGE), encoding="utf-8")
    refused = run.invoke(app, ["projects", "import", "ocds", str(package), *at])
    assert refused.exit_code == 1 and Keeper().book(ledger).projects == ()
    assert run.invoke(app, ["projects", "import", "ocds", str(package), *at, "--rest"]).exit_code == 1
    keep(ledger.folder, record(line("产出指标", "1个", "1个", "90", "90")))
    (project,) = Keeper().book(ledger).projects
    assert [e.kind for e in project.events] == ["self_assessment", "procurement", "contract", "payment"]
    for name, more in (("表.docx", ()), ("报告.docx", ("--report",)), ("表.xlsx", ())):
        made = run.invoke(app, ["projects", "paper", "政务云", *at, "-o", str(tmp_path / name), *more])
        assert made.exit_code == 0 and (tmp_path / name).read_bytes()[:2] == b"PK", made.output
    for wrong in (
        ["-o", "x.txt"],
        ["-o", "x.docx", "--year", "2020"],
        ["-o", "x.docx", "--kind", "monitoring"],
    ):
        assert run.invoke(app, ["projects", "paper", "政务云", *at, *wrong]).exit_code == 2
    assert run.invoke(app, ["projects", "export", *at, "-f", "xlsx"]).exit_code == 2
    assert (
        run.invoke(app, ["projects", "export", *at, "-f", "xlsx", "-o", str(tmp_path / "e.xlsx")]).exit_code
        == 0
    )
    sheet = load_workbook(tmp_path / "e.xlsx").active
    assert sheet is not None and 1000000.1 in [c for row in sheet.iter_rows(values_only=True) for c in row]
    assert run.invoke(app, ["projects", "undo-import", "采购.json", *at]).exit_code == 0


def test_a_question_about_a_year_nobody_knows_does_not_name_it() -> None:
    from yibenzhang.projects.portfolio import case_of, questions

    rows = [{"indicator": x, "target": "明显提升"} for x in "甲乙丙"]
    (one,) = case_of(questions()["goals.nothing_measured"], rows)
    assert one.message == "“项目”的 3 项指标都是文字，没有一项有数。"


@pytest.mark.middle
def test_self_assessments_go_into_the_workbook_of_the_accounts(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from yibenzhang.cli import app
    from yibenzhang.drafting.goals import total_score
    from yibenzhang.drafting.workbook import WorkbookError, read_workbook

    ledger, run = Ledger(tmp_path / "账本"), CliRunner()
    kept = record(
        Result("产出指标", "数量指标", "系统", "≥10个", "9个", "60", "54"),
        Result("效益指标", "社会效益指标", "便利", "明显提升", "部分达成预期指标", "20", "14"),
        Result("满意度指标", "服务对象满意度指标", "满意度", "≥90%", "95%", "10", "10"),
        words={"goal": "平稳运行"},
    )
    keep(ledger.folder, replace(kept, code="42990026618T000000101"))
    assert run.invoke(app, ["draft", "--new", "accounts", "--out", str(tmp_path / "空.xlsx")]).exit_code == 0
    book = load_workbook(tmp_path / "空.xlsx")
    book["项目"].append(["42990026618T000000101", "云平台", "618001", None, None, None])
    book["绩效指标"].append(["42990026618T000000101", "产出指标", "数量指标", "旧的", "≥", "1", "个", 90])
    book["绩效指标"].append(["别的", "产出指标", "数量指标", "不动的", "≥", "1", "个", 90])
    book.save(tmp_path / "填了.xlsx")
    said = [
        "projects",
        "draft",
        str(tmp_path / "填了.xlsx"),
        "--year",
        "2025",
        "--ledger",
        str(ledger.folder),
    ]
    made = run.invoke(app, [*said, "-o", str(tmp_path / "新.xlsx")])
    assert made.exit_code == 0, made.output
    rows = [
        r[:11]
        for r in load_workbook(tmp_path / "新.xlsx")["绩效指标"].iter_rows(min_row=3, values_only=True)
        if r[0]
    ]
    assert [r[3] for r in rows] == ["不动的", "系统", "便利", "满意度"]
    assert rows[1][4:9] == ("≥", "10", "个", 60, "9")
    assert rows[2][5] == "明显提升" and rows[2][9:] == ("部分达成", 70)
    budget = next(
        r for r in load_workbook(tmp_path / "新.xlsx")["项目"].iter_rows(values_only=True) if r[1] == "云平台"
    )
    assert budget[3:5] == (100, "平稳运行")  # the workbook counts in 万元
    try:  # the program reads what it wrote: what is wrong is only what nobody filled in
        figures = read_workbook(tmp_path / "新.xlsx")
        assert total_score(figures.projects[0], Decimal(950000)) == Decimal("87.50")
    except WorkbookError as error:
        assert not [e for e in error.errors if "指标" in str(e) or "权重" in str(e)]
    assert (
        run.invoke(app, [*said[:3], "--year", "2020", *said[5:], "-o", str(tmp_path / "x.xlsx")]).exit_code
        == 1
    )
    (tmp_path / "坏.xlsx").write_bytes(b"no")
    assert (
        run.invoke(app, ["projects", "draft", str(tmp_path / "坏.xlsx"), *said[3:], "-o", "y.xlsx"]).exit_code
        == 2
    )
