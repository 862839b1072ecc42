"""Printed numbers are read exactly, whatever the extraction did to them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibenzhang.model.amounts import CellState, cell_state, parse_amount

exact = st.decimals(min_value=-(10**11), max_value=10**11, places=2, allow_nan=False, allow_infinity=False)


@given(exact, st.booleans())
def test_a_printed_number_is_read_exactly(value: Decimal, separators: bool) -> None:
    text = f"{value:,.2f}" if separators else f"{value:.2f}"
    amount = parse_amount(text)
    assert amount is not None
    assert amount.value == value
    assert amount.decimals == 2


@given(exact, st.data())
def test_a_blank_inside_does_not_matter(value: Decimal, data: st.DataObject) -> None:
    text = f"{value:,.2f}"
    at = data.draw(st.integers(1, len(text) - 1))
    amount = parse_amount(text[:at] + " " + text[at:])
    assert amount is not None and amount.value == value


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [
        ("4,33 5.95", "4335.95", 2),
        ("0. 0 0", "0.00", 2),
        ("16,845. 17", "16845.17", 2),
        ("１，２３４．５", "1234.5", 1),
        ("－3.20", "-3.20", 2),
        ("30万元", "30", 0),
        ("12.5%", "12.5", 1),
        ("1,399.60 ②", "1399.60", 2),
        ("1,399.60【注】", "1399.60", 2),
        ("1,399.60⁽¹⁾", "1399.60", 2),
    ],
)
def test_what_extraction_leaves(text: str, value: str, decimals: int) -> None:
    amount = parse_amount(text)
    assert amount is not None
    assert (amount.value, amount.decimals) == (Decimal(value), decimals)


@pytest.mark.parametrize(
    "text",
    ["1.2.4%", "12,34", "一、基本支出", "42120022249T000000114", "420100221570220000106", "1.00 2.00", ""],
)
def test_what_is_no_amount(text: str) -> None:
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("", CellState.BLANK),
        (" \n", CellState.BLANK),
        ("—", CellState.DASH),
        ("-", CellState.DASH),
        ("0.00", CellState.ZERO),
        ("0. 0 0", CellState.ZERO),
        ("3", CellState.PRINTED),
        ("1.00\n2.00", CellState.UNREADABLE),
        ("12,34,5.6", CellState.UNREADABLE),
        ("行政运行", None),
    ],
)
def test_a_blank_is_not_a_zero(text: str, state: CellState | None) -> None:
    assert cell_state(text) == state
