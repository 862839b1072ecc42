"""A table, a passage or a rule that the program fails on takes only itself along; digits never raise."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from yibenzhang.checking import check as checking
from yibenzhang.checking import containing
from yibenzhang.checking.check import Checked, check_document
from yibenzhang.model.amounts import parse_amount
from yibenzhang.model.digits import exact_number, whole_number
from yibenzhang.reading import read_data

ROOT = Path(__file__).parents[2]
CLEAN = (ROOT / "examples" / "hubei-clean.txt").read_text(encoding="utf-8")
GOALS = (ROOT / "examples" / "hubei-goals-weak-targets.txt").read_text(encoding="utf-8")
ODD = (
    "9" * 5000,
    "1e999999999",
    "1.2.3",
    "0." + "0" * 500 + "1",
    "٣٤٥",
    "²",
    "NaN",
    "Infinity",
    "1,2,3,,4",
    "",
)


def checked_text(text: str) -> Checked:
    return check_document(read_data("a.txt", text.encode()))


def test_digits_never_raise() -> None:
    for odd in ODD:
        assert isinstance(whole_number(odd), int)
        assert exact_number(odd) is None or isinstance(exact_number(odd), Decimal)
        assert parse_amount(odd) is None or parse_amount(odd) is not None
    assert (whole_number("012"), whole_number("9" * 31, -1), whole_number(b"7"), whole_number("²", 5)) == (
        12, -1, 7, 5,
    )  # fmt: skip
    assert (exact_number("-1,234.50"), exact_number("1.2.3")) == (Decimal("-1234.50"), None)


PLACES = ("4,048.31", "2025", "2.19", "100%", "1.", "一、")


@pytest.mark.long
@pytest.mark.parametrize("odd", ODD)
def test_odd_digits_alone_are_no_failure_of_the_program(odd: str) -> None:
    for source in (CLEAN, GOALS):
        for k, place in enumerate(PLACES):
            if place in source:
                found = checked_text(source.replace(place, odd, 1 + 3 * k))
                assert found.faults == (), (odd[:20], place)


@pytest.mark.parametrize(
    "turn", [pytest.param(k, marks=pytest.mark.middle) if k % 6 else k for k in range(len(ODD))]
)
def test_odd_digits_together_are_no_failure_of_the_program(turn: int) -> None:
    """Each of them comes to every place in one of the documents."""
    odds = [*ODD[turn:], *ODD[:turn]]
    for source in (CLEAN, GOALS):
        text = source
        for k, place in enumerate(PLACES):
            text = text.replace(place, f"\0{k}\0", 1 + 3 * k)
        for k in range(len(PLACES)):
            text = text.replace(f"\0{k}\0", odds[k])
        assert text != source and checked_text(text).faults == ()
    odd = odds[0]
    amount = f"一、预算收支说明\n2026年收入预算{odd}万元，增长{odd}%，其中：项目{odd}个，{odd}元。\n"
    assert checked_text(amount).faults == ()


def test_an_empty_heading_of_projects_is_no_failure() -> None:
    for heading in ("项目名称\t\t\n", "\t项目名称\n项目名称\n", "项目名称\t \t预算数\n\t\t\n"):
        assert checked_text(f"项目支出绩效目标表\n{heading}合计\t1\t2\n").faults == ()
        assert checked_text(GOALS.replace("项目名称", heading, 1)).faults == ()


def _failing_on(word: str, function: Any) -> Any:
    def made(table: Any, *rest: Any) -> Any:
        if any(word in c.text for c in table.table.cells):
            raise LookupError("a defect")
        return function(table, *rest)

    return made


def test_a_table_that_fails_is_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = checked_text(CLEAN)
    lost = whole.tables[2]
    word = next(c.text for c in lost.table.table.cells if len(c.text) > 3)
    mine = {t.table.id for t in whole.tables if any(word in c.text for c in t.table.table.cells)}
    monkeypatch.setattr(checking, "table_facts", _failing_on(word, checking.table_facts))
    found = checked_text(CLEAN)
    assert {t.table.id for t in whole.tables} - {t.table.id for t in found.tables} == mine
    assert len(found.faults) == len(mine) and "LookupError" in found.faults[0].error
    told = [n.reason for n in found.not_checked if "出错" in n.reason]
    assert len(told) == len(mine)
    assert found.coverage.numbers < whole.coverage.numbers


def test_a_passage_that_fails_says_nothing_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = containing.quantities_of

    def broken(passage: Any, *rest: Any) -> Sequence[Any]:
        if "公务接待" in passage.text:
            raise ValueError("a defect")
        return real(passage, *rest)

    monkeypatch.setattr(containing, "quantities_of", broken)
    found = checked_text(CLEAN)
    assert found.faults and all("ValueError" in f.error for f in found.faults)
    assert found.quantities and found.tables
    assert any("公务接待" in n.reason for n in found.not_checked)


def test_memory_that_runs_out_is_the_files_and_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(containing, "quantities_of", full)
    with pytest.raises(MemoryError):
        checked_text(CLEAN)
