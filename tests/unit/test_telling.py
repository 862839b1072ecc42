"""The sentences and the arithmetic that people read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibenzhang.checking.arithmetic import arithmetic
from yibenzhang.model.amounts import WAN_YUAN, YUAN, CellState, Unit, parse_amount
from yibenzhang.model.facts import Fact, Row
from yibenzhang.model.issues import nested
from yibenzhang.model.places import LinePlace
from yibenzhang.model.relations import Outcome, Relation, Result, Term


def _fact(text: str, unit: Unit = WAN_YUAN, label: str = "合计", table: str = "t0") -> Fact:
    amount = parse_amount(f"{text}{unit.name}")
    assert amount is not None
    return Fact(
        f"{table}/{label}/{text}", table, "", "", Row(0, "", label), "amount", "", CellState.PRINTED, amount,
        unit, amount.decimals, text, LinePlace(1, 0, 1), (0, 0),
    )  # fmt: skip


def _line(total: Fact, *parts: Fact) -> str:
    terms = (Term(1, total), *(Term(-1, p) for p in parts))
    gap = sum((Decimal(t.coefficient) * t.fact.amount.base for t in terms if t.fact.amount), Decimal(0))
    return arithmetic(
        Result(Relation("r", "prose.table", terms), Outcome.CONTRADICTED, gap, Decimal("50.005"))
    )


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ("目录作“一般公共预算“三公”经费支出表”。", "目录作“一般公共预算‘三公’经费支出表”。"),
        ("““一把手”活动”、“三公”", "“‘一把手’活动”、“三公”"),
        ("“三公”经费", "“三公”经费"),
        ("“不成对", "“不成对"),
        ("不成对”“", "不成对”“"),
    ],
)
def test_a_quotation_in_a_quotation(message: str, read: str) -> None:
    assert nested(message) == read


@given(st.text(alphabet="“”甲，", max_size=20))
def test_nothing_but_marks_is_changed(message: str) -> None:
    assert nested(message).replace("‘", "“").replace("’", "”") == message


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("职业年金缴费支出（项）”88.36万元", "职业年金缴费支出（项）88.36万元"),
        ("，与上年相比减少 13 万元", "与上年相比减少 13 万元"),
        ("“三公”经费 4.70万元", "“三公”经费 4.70万元"),
        ("“行政运行（项）88.36万元", "行政运行（项）88.36万元"),
    ],
)
def test_words_cut_off_by_quotation_marks(label: str, said: str) -> None:
    assert _fact("88.36", label=label, table="prose").where == f"“{said}”"


def test_a_word_spread_over_its_cell() -> None:
    assert _fact("1.00", label="支 出 总 计").where == "“支出总计”·“金额”"
    assert _fact("1.00", label="KPI 考核").where == "“KPI 考核”·“金额”"


def test_two_units_are_both_told() -> None:
    line = _line(_fact("887.36"), _fact("873,617.00", YUAN))
    assert line == "873,617.00 元 ＝ 87.3617 万元，印为 887.36，相差 799.9983，四舍五入最多可差 0.005"
    assert _line(_fact("2.00"), _fact("1.00")).startswith("1.00，印为 2.00，")


def test_parts_of_nothing_are_told_together() -> None:
    line = _line(_fact("2.00"), _fact("1.00"), _fact("0.00"), _fact("0.00"))
    assert line.startswith("1.00（其余各项为 0），印为 2.00，")
