"""What places do that the laws were not written with: each contradicts nobody, and its twin is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yibenzhang.checking.check import case_related_of, check_document
from yibenzhang.laws.families import Instance, instance
from yibenzhang.laws.nesting import nested
from yibenzhang.laws.numbers import Numbers
from yibenzhang.proving import document_of

FUNCTIONS = [
    ("2010101", "行政运行", 530),
    ("2010104", "人大会议", 250),
    ("2010106", "人大监督", 120),
    ("2080505", "机关事业单位基本养老保险缴费支出", 90),
    ("2210201", "住房公积金", 70),
    ("2210203", "购房补贴", 40),
]


def table(title: str, heading: str, amounts: list[int], total: int | None = None) -> str:
    rows = [f"{c}\t{n}\t{a}.00" for (c, n, _), a in zip(FUNCTIONS, amounts, strict=True)]
    whole = sum(amounts) if total is None else total
    return "\n".join(
        [title, "单位：万元", f"科目编码\t科目名称\t{heading}", f"\t合计\t{whole}.00", *rows, ""]
    )


def rules(*parts: str) -> set[str]:
    checked = check_document(document_of("示范省甲市乙局2026年部门预算\n" + "\n".join(parts)))
    return {f.rule for f in checked.findings if f.rule.startswith(("equal", "total"))}


AMOUNTS = [a for _, _, a in FUNCTIONS]
SOME = [380, *AMOUNTS[1:]]


@pytest.mark.parametrize(("title", "told"), [("工资福利支出明细表", False), ("一般公共预算支出预算表", True)])
def test_a_title_with_unknown_words_may_tell_of_some_spending(title: str, told: bool) -> None:
    whole = table("一般公共预算支出表", "合计", AMOUNTS)
    assert bool(rules(whole, table(title, "合计", SOME))) == told


@pytest.mark.parametrize(("carried", "told"), [(150, False), (33, True)])
def test_what_was_carried_over_may_be_left_out(carried: int, told: bool) -> None:
    income = "\n".join(
        [
            "收入总表",
            "单位：万元",
            "项目\t合计\t一般公共预算拨款收入\t上年结转",
            f"收入合计\t1100.00\t{1100 - carried}.00\t{carried}.00",
            "",
        ]
    )
    whole = table("一般公共预算支出表", "合计", AMOUNTS)
    assert bool(rules(income, whole, table("一般公共预算支出预算表", "合计", SOME))) == told


def test_rows_may_hold_the_rows_below_them() -> None:
    def instance_of(total: int, values: list[int]) -> Instance:
        checked = case_related_of(
            document_of("示范省甲市乙局2026年部门预算\n" + table("支出表", "合计", AMOUNTS))
        )[1]
        numbers = list(Numbers(checked.views).of[0].values())
        scaled = [
            replace(n, row=k, value=v, slack=0)
            for k, (n, v) in enumerate(zip(numbers, [total, *values], strict=False))
        ]
        made = instance(scaled[0], [(1, n) for n in scaled[1:]])
        assert made is not None
        return made

    assert nested(instance_of(480, [250, 150, 100, 230, 230]))
    assert not nested(instance_of(470, [250, 150, 100, 230, 230]))
    assert not nested(instance_of(480, [250, 150, 90, 230, 10]))
