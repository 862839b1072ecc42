"""What goal forms say, in invented words: where indicators belong, what shares a row, what is promised, how rows of a
list of projects hang together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from yibenzhang.checking.check import check_document
from yibenzhang.model.documents import Cell
from yibenzhang.model.places import LinePlace
from yibenzhang.proving import document_of
from yibenzhang.recognising.indicators import Columns, Indicator, cells_of
from yibenzhang.rules.goal_copies import importance
from yibenzhang.rules.goal_missing import _sizes
from yibenzhang.rules.goal_promises import _Measured
from yibenzhang.rules.indicator_parts import parts_of, pieces, unpaired
from yibenzhang.standards import StandardsError, load

HEAD = (
    "江城市档案馆2026年部门预算\n政策和项目预算绩效目标表\n项目名称\t库房改造\n主管部门\t江城市档案馆\n"
    "项目资金（万元）\t年度预算资金总额\t20.00\n\t其中：财政拨款\t20.00\n总体目标\t{goal}\n"
    "一级指标\t二级指标\t三级指标\t指标值\n产出指标\t数量指标\t检修门禁套数\t≥2套\n\t时效指标\t改造及时率\t≥95%\n"
)
FIRST = {"满意": "满意度指标", "成本": "成本指标", "效益": "效益指标", "影响": "效益指标"}


def row(level: str, name: str, value: str) -> str:
    first = next((f for w, f in FIRST.items() if w in level), "产出指标")
    return f"{first}\t{level}\t{name}\t{value}\n"


def told(text: str) -> list[tuple[str, str]]:
    return [(f.rule, f.message) for f in check_document(document_of(text)).findings]


def indicator(name: str, value: str) -> Indicator:
    return Indicator("产出指标", "数量指标", name, value, "", "", "annual", LinePlace(1, 0, 4))


WRONG = [
    ("社会效益指标", "学员满意度", "≥90%", "满意度指标"),
    ("质量指标", "入驻企业满意率", "≥90%", "满意度指标"),
    ("质量指标", "护工工资按时发放率", "100%", "时效指标"),
    ("质量指标", "新库房验收时间", "2026年11月", "时效指标"),
    ("数量指标", "密集架采购成本", "≤18万元", "成本指标"),
    ("数量指标", "护林员每人每月补助标准", "1000元", "成本指标"),
    ("社会效益指标", "PM2.5平均浓度", "≤35微克/立方米", "生态效益指标"),
    ("经济效益指标", "森林覆盖率", "≥45%", "生态效益指标"),
    ("社会效益指标", "化学需氧量排放量", "≤30吨", "生态效益指标"),
    ("社会效益指标", "城市黑臭水体消除率", "100%", "生态效益指标"),
    ("社会效益指标", "项目可持续影响年限", "≥5年", "可持续影响指标"),
    ("生态效益指标", "设施持续发挥作用年限", "≥5年", "可持续影响指标"),
    ("社会效益指标", "目录著录准确率", "≥98%", "质量指标"),
    ("可持续影响指标", "查阅审批合规率", "100%", "质量指标"),
    ("质量指标", "举办展览场次", "≥5场", "数量指标"),
    ("时效指标", "确保库房恒温恒湿", "长期", "说的不是什么时候做完"),
    ("时效指标", "消防培训覆盖率", "≥95%", "说的不是什么时候做完"),
    ("经济效益指标", "接待查档人次", "≥900人次", "说的不是经济效益"),
    ("成本指标", "读者满意度", "≥90%", "说的不是成本"),
]
FINE = [
    ("经济效益指标", "带动就业人数", "≥100人"),
    ("质量指标", "安全事故发生次数", "0次"),
    ("质量指标", "出水水质达标率", "≥95%"),
    ("质量指标", "高级职称人数", "≥5人"),
    ("质量指标", "通过评审论文数量", "≥3篇"),
    ("时效指标", "馆藏清点时限", "≤5个工作日"),
    ("时效指标", "物业服务期限", "1年"),
    ("时效指标", "确保按期移交", "1年"),
    ("满意度指标", "读者投诉率", "≤1%"),
    ("数量指标", "引进社会资金投入", "≥20万元"),
    ("数量指标", "采购成本降低项数", "≥2项"),
    ("社会效益指标", "居民环保意识", "提升"),
    ("经济效益指标", "馆舍租金收入", "≥20万元"),
    ("生态效益指标", "空气质量优良天数比例", "≥85%"),
]


@pytest.mark.parametrize(("level", "name", "value", "right"), WRONG)
def test_an_indicator_under_a_level_not_its_own(level: str, name: str, value: str, right: str) -> None:
    found = [
        m for r, m in told(HEAD.format(goal="改善库房条件。") + row(level, name, value)) if r == "goals.level"
    ]
    assert len(found) == 1 and right in found[0]


@pytest.mark.parametrize(("level", "name", "value"), FINE)
def test_an_indicator_where_it_belongs(level: str, name: str, value: str) -> None:
    assert "goals.level" not in dict(told(HEAD.format(goal="改善库房条件。") + row(level, name, value)))


def test_indicators_of_one_row() -> None:
    three = indicator("门禁数量；灯具数量；面积", "≥5套；≥60盏；≥900平方米")
    assert [(i.name, i.value) for i in parts_of(three)] == [
        ("门禁数量", "≥5套"),
        ("灯具数量", "≥60盏"),
        ("面积", "≥900平方米"),
    ]
    listed = indicator("接待量、复制量", "≥10人；≥6件")
    assert [i.name for i in parts_of(listed)] == ["接待量", "复制量"]
    words = indicator("库房；展厅", "整洁；明亮")
    assert parts_of(words) == (words,) and unpaired(words)
    assert not unpaired(indicator("检修、保养次数", "≥5次"))
    assert pieces("；".join("abc") + "。") == ["a", "b", "c"]


def test_what_is_measured_and_what_is_not() -> None:
    some = [
        indicator("门禁套数", "≥120套"),
        indicator("灯具数", "≥80盏"),
        indicator("读者", "≥1.2万人"),
        indicator("完好率", "≥98%"),
    ]
    measured = _Measured.of(some, ["98"], "万")
    assert measured.has("120") and measured.has("200") and measured.has("12000") and measured.has("118")
    assert not measured.has("98") and not measured.has("7")
    assert _Measured.of(some, ["50", "70"], "万").has("50")


def test_rows_that_come_to_the_row_above_are_its_parts() -> None:
    amounts = [Decimal(n) for n in (90, 60, 20, 40, 30, 5)]
    assert _sizes(amounts) == [5, 3, 1, 1, 1, 1]
    assert _sizes([Decimal(0), Decimal(3)]) == [1, 1]
    assert _sizes([]) == []


GOALS = [
    ("完成36套门禁检修，改善库房条件。", True),
    ("已完成36套门禁检修，今年改善库房条件。", False),
    ("完成门禁检修，其中更换36套门禁，改善库房条件。", False),
    ("完成2套门禁检修，改善库房条件。", False),
    ("服务全市36个单位，改善库房条件。", False),
]


@pytest.mark.parametrize(("goal", "fires"), GOALS)
def test_a_count_that_no_indicator_has(goal: str, fires: bool) -> None:
    more = row("质量指标", "门禁完好率", "≥95%") + row("社会效益指标", "查档便利程度", "提升")
    assert ("goals.uncounted" in dict(told(HEAD.format(goal=goal) + more))) == fires


DEADLINES = [
    ("2027年6月底前完成库房改造。", True),
    ("2026年11月底前完成库房改造。", False),
    ("完成2027年改造方案，改善库房条件。", False),
    ("2027年3月底前完成改造工程结算。", False),
]


@pytest.mark.parametrize(("goal", "fires"), DEADLINES)
def test_a_deadline_after_the_year(goal: str, fires: bool) -> None:
    assert ("goals.later" in dict(told(HEAD.format(goal=goal)))) == fires


def test_a_level_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "indicators.toml").write_text(
        '[[level]]\nid = "own"\nright = "cost"\nunder = ["time"]\nnames = ["("]\n'
    )
    with pytest.raises(StandardsError, match="own"):
        load("", str(tmp_path))
    (tmp_path / "indicators.toml").write_text('[[level]]\nid = "own"\nright = "cost"\n')
    with pytest.raises(StandardsError, match="under"):
        load("", str(tmp_path))


def test_a_row_that_merged_cells_cover_whole_is_no_indicator() -> None:
    """A scan's stray line parts a row in two: no cell begins in the lower one, and all the words belong above."""
    named = Cell(3, 0, 2, 1, "检修门禁套数", LinePlace(4, 0, 6))
    columns = Columns({"name": 0, "value": 1}, True, frozenset())
    assert cells_of(columns, [], [named, None]) is None
    assert cells_of(columns, [named], [named, None]) == {"name": named}


@pytest.mark.parametrize(
    ("name", "weights", "told_of"),
    [("", "50 25 10 10", 1), ("", "50 30 10 10 50 30 10 10", 0), ("库房改造", "90 90 10 10", 1)],
)
def test_weights_of_several_projects_without_a_name_are_not_summed(
    name: str, weights: str, told_of: int
) -> None:
    rows = tuple(replace(indicator("检修门禁套数", "≥2套"), weight=w) for w in weights.split())
    case = SimpleNamespace(forms=(SimpleNamespace(kind="project", name=name, indicators=rows),))
    assert len(list(importance(cast(Any, case)))) == told_of
