"""Sentences as cities print them: what an earlier version read wrong must not fire, its true twin must."""

from __future__ import annotations

from pathlib import Path

import pytest

import yibenzhang
from yibenzhang import Checked
from yibenzhang.checking.check import check_document
from yibenzhang.model.issues import Severity
from yibenzhang.proving import document_of

CASES = Path(yibenzhang.__file__).parent / "standards" / "cases"
HUBEI = (CASES / "hubei.txt").read_text(encoding="utf-8")
BUDGET = "示范市示范局2026年部门预算\n"
ACCOUNTS = "示范市示范局2024年度部门决算\n"


def told(text: str) -> list[str]:
    checked: Checked = check_document(document_of(text))
    return [f.rule for f in checked.findings if f.severity == Severity.ERROR]


@pytest.mark.parametrize(
    ("false", "true", "rule"),
    [
        pytest.param(
            "2026年部门预算收入 2,112.90 万元，其中：一般公共预算 1,841.70 万元，事业收入 81.20 万元，收入比2025年增加 278.40 万元。",
            "2026年部门预算收入 81.20 万元，比2025年增加 278.40 万元。",
            "prose.impossible",
            id="the-change-of-the-whole-after-a-list",
        ),
        pytest.param(
            "本部门当年预算收入 320.00 万元，其中一般公共预算拨款收入 320.00 万元、政府性基金拨款收入 0 万元，"
            "2026年本部门预算收入较上年增加 193.59 万元。",
            "政府性基金拨款收入 0 万元，较上年增加 193.59 万元。",
            "prose.impossible",
            id="the-last-of-a-list-is-zero",
        ),
        pytest.param(
            "收入总计 430 万元，减少 23 万元，其中：财政拨款增加 14 万元，增长 8.97%；事业收入增加 9 万元。",
            "收入总计 430 万元，减少 23 万元，下降 8.97%。",
            "prose.growth",
            id="changes-in-a-list-are-no-levels",
        ),
        pytest.param(
            "支出预算 2,995.60 万元，比2025年年初预算数 2,847.90 万元增加 147.70 万元，增长 5.19%。",
            "支出预算 2,995.60 万元，比2025年年初预算数 2,847.90 万元增加 147.70 万元，增长 7.19%。",
            "prose.growth",
            id="a-named-base",
        ),
        pytest.param(
            "收入预算 914.68 万元，与2025年度相比（2025年度安排为 864.81 万元），增加 49.87 万元，增长 5.77%。",
            "收入预算 914.68 万元，与2025年度相比（2025年度安排为 864.81 万元），增加 49.87 万元，增长 7.57%。",
            "prose.growth",
            id="a-named-base-in-brackets",
        ),
        pytest.param(
            "会议费 264.48 万元，比上年预算增加 164.48 万元，主要原因是按规定运转类专项经费统一压减 10%。",
            "会议费 264.48 万元，比上年预算增加 164.48 万元，下降 10%。",
            "prose.direction",
            id="a-rate-inside-a-reason",
        ),
        pytest.param(
            "产业发展管理 90.72 万元，用于开展统计调研、融合发展研究等工作，支撑构建较2025年年初预算增加 29.23 万元，增幅 2.2%。",
            "产业发展管理 90.72 万元，较2025年年初预算增加 29.23 万元，增幅 2.2%。",
            "prose.growth",
            id="a-change-that-strayed-into-a-purpose",
        ),
        pytest.param(
            "一般公共预算拨款 1,647.48 万元，比2025年执行数减少 2,076.66 万元，减幅 55.76%，"
            "扣除中央基建后比2025年执行数增加 277.56 万元，增幅 30.26%。",
            "一般公共预算拨款 1,647.48 万元，比2025年执行数减少 2,076.66 万元，减幅 45.76%。",
            "prose.growth",
            id="another-footing",
        ),
        pytest.param(
            "项目支出 597.65 万元，占部门预算项目支出总额的 65.9%。项目共 906.90 万元。",
            "项目支出总额 906.90 万元，其中：运维 597.65 万元，占 56.9%；改造 309.25 万元，占 34.1%。",
            "prose.share",
            id="a-share-of-a-whole-that-is-not-there",
        ),
        pytest.param(
            "基本支出增加人员经费 140.80 万元，项目支出减少 113.43 万元，预留机动增加 175.33 万元。",
            "基本支出 140.80 万元，比上年增加 175.33 万元。",
            "prose.impossible",
            id="an-item-between-direction-and-amount",
        ),
        pytest.param(
            "机关运行经费安排 210.32 万元，比上年 1.43 万元，增加 0.68%。",
            "机关运行经费安排 210.32 万元，比上年 1.43 万元，增加 8.86%。",
            "prose.growth",
            id="the-word-for-the-change-left-out",
        ),
        pytest.param(
            "策划包装的项目总投资不少于 1.5 万亿元。",
            "策划包装的项目总投资不少于万元。",
            "wording.blank",
            id="a-unit-of-two-words",
        ),
    ],
)
def test_inside_sentences(false: str, true: str, rule: str) -> None:
    assert told(BUDGET + false) == []
    assert rule in told(BUDGET + true)


@pytest.mark.parametrize(
    ("text", "false", "true"),
    [
        ("一般公共服务支出（类）数据事务（款）一般行政管理事务（项）%s 万元。", "400.00", "382.56"),
        ("一般公共服务支出（类）数据事务（款）一般行政管理事务（项）%s 万元。", "330.00", "382.56"),
    ],
    ids=["another-fund", "this-fund"],
)
def test_another_view_holds_the_number(text: str, false: str, true: str) -> None:
    items = (
        "三、一般公共预算支出情况\n1. 一般公共服务支出（类）数据事务（款）行政运行（项）300.00 万元。\n"
        "2. 社会保障和就业支出（类）行政事业单位养老支出（款）机关事业单位基本养老保险缴费支出（项）140.00 万元。\n"
        "3. 社会保障和就业支出（类）行政事业单位养老支出（款）机关事业单位职业年金缴费支出（项）65.00 万元。\n"
        "4. 住房保障支出（类）住房改革支出（款）住房公积金（项）55.00 万元。\n5. "
    )
    assert told(HUBEI + items + text % false) == []
    assert told(HUBEI + items + text % true) == ["prose.table"]


def test_a_binding_that_fails_widely_is_not_understood() -> None:
    """A text about another scope than the tables: no number of a whole section agrees."""
    text = (
        "三、一般公共预算支出情况\n1. 一般公共服务支出（类）数据事务（款）行政运行（项）281.37 万元。\n"
        "2. 社会保障和就业支出（类）行政事业单位养老支出（款）机关事业单位基本养老保险缴费支出（项）97.16 万元。\n"
        "3. 社会保障和就业支出（类）行政事业单位养老支出（款）机关事业单位职业年金缴费支出（项）48.58 万元。\n"
        "4. 住房保障支出（类）住房改革支出（款）住房公积金（项）39.02 万元。"
    )
    checked = check_document(document_of(HUBEI + text))
    assert [f.rule for f in checked.findings if f.rule.startswith("prose")] == []
    assert any("没有把握" in n.reason for n in checked.not_checked)


def test_a_contradiction_that_stands_alone_asks() -> None:
    """One sentence against one number, no slip of the keyboard: a question; a slip of one digit: an error."""
    head = "三、财政拨款收支情况\n2026年财政拨款收支总预算 "
    rules = [
        (f.rule, f.severity) for f in check_document(document_of(f"{HUBEI}{head}347.25 万元。")).findings
    ]
    assert rules == [("prose.unconfirmed", Severity.WARNING)]
    assert told(f"{HUBEI}{head}890.10 万元。") == ["prose.table"]
    assert told(f"{HUBEI}{head}890.00 万元。") == []


def test_a_unit_on_two_lines_is_that_of_the_table_in_the_text() -> None:
    split = HUBEI.replace("“三公”经费支出表\n单位：万元\n", "“三公”经费支出表\n单位：万\n元\n")
    text = "三、“三公”经费情况\n2026年“三公”经费预算 %s 万元，其中：因公出国（境）费 8.00 万元。"
    assert told(split + text % "58.00") == []
    assert told(split + text % "58.80") == ["prose.table"]
