"""Renamed, re-coded, merged and split projects as events; rows that a sentence tells as one; lists in steps; reports."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.unit.test_projects import NOW, event
from yibenzhang import check
from yibenzhang.checking.project_events import events_of
from yibenzhang.checking.project_rows import lowest
from yibenzhang.projects.decisions import SAME, Decision
from yibenzhang.projects.events import Event
from yibenzhang.projects.linking import linked


def changes(rows: list[Event], same: bool = False) -> list[tuple[int | None, str, str]]:
    decisions = []
    if same:
        refs = [m.ref for p in linked(rows).projects for m in p.members]
        decisions = [Decision(NOW, SAME, (refs[0], x), "王") for x in refs[1:]]
    (project, *others) = linked(rows, decisions).projects
    assert not others
    return [
        (e.year, e.kind, e.words)
        for e in project.events
        if e.kind in ("renamed", "recoded", "merged", "split")
    ]


def test_a_new_name_under_the_same_code_is_an_event_and_a_suffix_is_none() -> None:
    code = "420100249T01"
    assert changes(
        [event("政务云租用", 2024, "10", code=code), event("一体化算力服务", 2025, "10", code=code)]
    ) == [(2025, "renamed", "2024年叫“政务云租用”")]
    assert (
        changes(
            [event("政务云租用费", 2024, "10", code=code), event("政务云租用项目", 2025, "10", code=code)]
        )
        == []
    )


def test_a_new_code_for_the_same_name_is_an_event() -> None:
    rows = [
        event("政务云租用", 2024, "10", code="420100249T01"),
        event("政务云租用", 2025, "10", code="420100250T77"),
    ]
    assert changes(rows) == [(2025, "recoded", "2024年的编码是 420100249T01")]
    assert changes([rows[0], event("政务云租用", 2025, "10", code="420100249T01")]) == []


def test_several_that_become_one_are_merged_and_one_that_becomes_several_is_split() -> None:
    two = [event("热线坐席", 2024, "10"), event("热线话务平台", 2024, "20")]
    one = event("热线运行", 2025, "30")
    assert changes([*two, one], same=True) == [(2025, "merged", "2024年分列为：热线坐席、热线话务平台")]
    later = [event("热线坐席", 2026, "10"), event("热线话务平台", 2026, "20")]
    assert changes([one, *later], same=True) == [(2026, "split", "2025年是一个：热线运行")]


def test_two_kinds_of_documents_of_one_year_are_no_split() -> None:
    rows = [
        event("热线运行", 2024, "30"),
        event("热线运行", 2025, "30"),
        event("热线运行", 2025, "30", "goals"),
    ]
    assert changes(rows) == []


# ---- rows that a sentence tells as one -----------------------------------------------------------------


def rows_and_sentence(said: str, name: str = "政务机房安全运维项目") -> list[Event]:
    rows = [
        event("政务机房安全运维项目", 2026, "167", code="420100261T01", origin="d|budget|2026|"),
        event("市民之家机房维护", 2026, "103", code="420100232T08", origin="d|budget|2026|"),
        event("门户网站改版", 2026, "209", code="420100232T09", origin="d|budget|2026|"),
    ]
    return [*rows, event(name, 2026, said, words="用于安全运维", origin="d|budget|2026|text")]


def test_a_sentence_that_prints_the_sum_of_two_rows_makes_them_one() -> None:
    found = linked(rows_and_sentence("270"))
    assert [[m.name for m in p.members if m.code] for p in found.projects] == [
        ["政务机房安全运维项目", "市民之家机房维护"], ["门户网站改版"],
    ]  # fmt: skip
    (project, _) = found.projects
    assert project.name == "政务机房安全运维项目"
    assert [(e.kind, e.words) for e in project.events if e.kind == "merged"] == [
        ("merged", "清单里分列为：政务机房安全运维项目、市民之家机房维护")
    ]


def test_another_sum_or_the_same_amount_makes_nothing_one() -> None:
    assert len(linked(rows_and_sentence("271")).projects) == 3
    assert len(linked(rows_and_sentence("167")).projects) == 3


def test_two_rows_that_would_do_are_left_to_a_person() -> None:
    rows = [
        *rows_and_sentence("270"),
        event("大楼机房搬迁", 2026, "103", code="420100232T10", origin="d|budget|2026|"),
    ]
    assert len(linked(rows).projects) == 4


# ---- names with the year, events without one -----------------------------------------------------------


def test_the_own_year_in_a_name_tells_no_projects_apart_where_the_amount_is_equal() -> None:
    a, b = event("2026年农业保险补贴资金", 2026, "66"), event("农业保险补贴资金", 2026, "66", "goals")
    assert len(linked([a, b]).projects) == 1
    assert len(linked([a, event("农业保险补贴资金", 2026, "67", "goals")]).projects) == 2
    assert len(linked([a, event("2025年农业保险补贴资金", 2026, "66", "goals")]).projects) == 2


def test_a_list_without_its_year_is_linked_by_the_amount() -> None:
    a = event("市政务服务和数据管理局信息化运维项目", 2026, "57.58", "goals")
    assert len(linked([a, event("市政务服务数据管理局信息化运维项目", None, "57.58", "goals")]).projects) == 1
    assert len(linked([a, event("市政务服务数据管理局信息化运维项目", None, "58.57", "goals")]).projects) == 2


# ---- lists in steps ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "whole", "projects"),
    [
        ([300, 200, 100, 100, 100], 300, [2, 3, 4]),
        ([200, 100, 100], 200, [1, 2]),
        ([100, 100, 50, 50], 200, [0, 2, 3]),
        ([100, 100], 200, [0, 1]),
        ([100, 100], 100, [1]),
        ([100, 90], 100, []),
        ([], 0, []),
        ([10] * 300, 3000, list(range(300))),
        ([10] * 500, 5000, []),
    ],
)
def test_the_projects_of_a_list_are_the_rows_that_no_others_make_up(
    amounts: list[int], whole: int, projects: list[int]
) -> None:
    assert sorted(lowest([Decimal(x) for x in amounts], Decimal(whole))) == projects


STEPS = """示范市财政局2026年部门预算
部门综合预算专项业务经费支出表
单位：元
单位编码\t单位（项目）名称\t项目金额
\t合计\t{whole}
116\t示范市财政局\t600.00
116001\t示范市财政局\t400.00
\t通用项目\t400.00
\t购买服务\t300.00
\t财政检查\t100.00
\t绩效管理\t200.00
\t库房租赁\t100.00
116002\t示范市投资评审中心\t200.00
\t专用项目\t200.00
\t投资评审\t200.00
"""


def test_a_list_of_bodies_programmes_and_projects_tells_the_projects(tmp_path: Path) -> None:
    (tmp_path / "预算.txt").write_text(STEPS.format(whole="600.00"), encoding="utf-8")
    told = [(t.kind, t.name, t.owner, t.value) for t in events_of(check(tmp_path / "预算.txt"))]
    assert told == [
        ("budget", "财政检查", "示范市财政局", Decimal(100)),
        ("budget", "绩效管理", "示范市财政局", Decimal(200)),
        ("budget", "库房租赁", "示范市财政局", Decimal(100)),
        ("budget", "投资评审", "示范市投资评审中心", Decimal(200)),
    ]
    (tmp_path / "预算.txt").write_text(STEPS.format(whole="601.00"), encoding="utf-8")
    assert list(events_of(check(tmp_path / "预算.txt"))) == []


# ---- paragraphs and reports ----------------------------------------------------------------------------

TEXT = """示范市数据局2026年部门预算
第三部分 示范市数据局2026年部门预算情况说明
九、一般公共预算基本支出情况
公用经费12.00万元，主要用于办公费、邮电费。
十、项目支出安排情况
2026年项目支出320万元，具体使用情况如下：
（一）政务云租用项目270.02万元，主要用于云资源租用。
（二）热线运行费50万元。主要用于坐席和线路。
十一、其他重要事项的情况说明
（一）委托业务费预算情况
2026年委托业务费支出280.02万元，其中政务云租用项目270.02万元；会计、审计及法律顾问服务费10万元。
"""


def test_purposes_and_commissions_under_their_headings_are_events(tmp_path: Path) -> None:
    (tmp_path / "预算.txt").write_text(TEXT, encoding="utf-8")
    told = [(t.kind, t.name, t.printed, t.words) for t in events_of(check(tmp_path / "预算.txt"))]
    assert told == [
        ("budget", "政务云租用项目", "270.02万元", "云资源租用"),
        ("budget", "热线运行费", "50万元", "坐席和线路"),
        ("intention", "政务云租用项目", "270.02万元", "委托业务费"),
    ]


REPORT = """示范市财政项目支出绩效评价报告
评价项目名称：2024年度示范市数据局政务云租用专项资金绩效评价
评价项目单位：示范市数据局
项目主管部门：示范市数据局
评价项目金额：{amount}
报告日期：2025年8月2日
一、基本情况
2024年政务云租用专项资金预算批复金额1,200万元，实际执行1,150.5万元。
六、评价结论
经综合评价，项目综合评分{score}分，评价等级为良。
"""


@pytest.mark.parametrize(("amount", "score"), [("1,200万元", "86.5"), ("", "86.5")])
def test_an_evaluation_report_tells_of_its_project(tmp_path: Path, amount: str, score: str) -> None:
    path = tmp_path / "评价.txt"
    path.write_text(REPORT.format(amount=amount, score=score), encoding="utf-8")
    told = list(events_of(check(path)))
    assert {(t.kind, t.name, t.owner) for t in told} == {("evaluation", "政务云租用专项资金", "示范市数据局")}
    assert [(t.measure, t.printed) for t in told] == [
        ("budget", "1,200万元"), ("executed", "1,150.5万元"), ("score", f"{score}分"),
    ]  # fmt: skip
    assert told[0].words == "良、2025年8月2日"


# ---- names behind a unit -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("long", "short", "amount", "count"),
    [
        ("示范市公共卫生中心(示范市应急医疗中心)保洁服务", "保洁项目", "232", 1),
        ("示范市第一医院核磁共振", "核磁共振", "232", 1),
        ("示范市公共卫生中心保洁服务", "保洁项目", "233", 2),  # another amount
        ("示范市公共卫生中心安保服务", "保洁项目", "232", 2),  # another service of the same amount
        ("示范市第一医院2021年设备", "2022年设备", "232", 2),  # another year in the name
    ],
)
def test_a_name_behind_its_unit_is_the_same_where_the_amount_is(
    long: str, short: str, amount: str, count: int
) -> None:
    rows = [
        event(long, 2023, "232", "self_assessment"),
        event(short, 2023, amount, "self_assessment", origin="form"),
    ]
    assert len(linked(rows).projects) == count


def test_two_units_with_the_same_short_name_and_amount_are_left_to_a_person() -> None:
    rows = [event(f"示范市{x}医院保洁服务", 2023, "232", "self_assessment") for x in ("第一", "第二")]
    assert (
        len(linked([*rows, event("保洁项目", 2023, "232", "self_assessment", origin="form")]).projects) == 3
    )


def test_two_with_codes_of_their_own_are_not_one_for_likeness() -> None:
    rows = [
        event("园区政务外网租用", 2023, "100", code="420100231T01"), event("园区政务外网租用费", 2023, "100", "goals"),
        event("社区政务外网租用", 2025, "100", code="420100251T02"), event("社区政务外网租用费", 2025, "100", "goals"),
    ]  # fmt: skip
    found = linked(rows)
    assert [sorted({e.name[:2] for e in p.events}) for p in found.projects] == [["园区"], ["社区"]]
    assert found.proposals
