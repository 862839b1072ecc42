"""Honest rounding never fires; an error larger than the slack always does."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from yibenzhang.balance.evaluate import evaluate
from yibenzhang.model.amounts import CellState, parse_amount
from yibenzhang.model.facts import Fact, Row
from yibenzhang.model.intervals import half_width, interval, linear
from yibenzhang.model.places import LinePlace
from yibenzhang.model.relations import Outcome, Relation, Term


def fact(text: str, number: int = 0, decimals: int = 2) -> Fact:
    amount = parse_amount(text)
    state = CellState.PRINTED if amount else CellState.BLANK
    where = LinePlace(number + 1, 0, len(text))
    return Fact(
        str(number), "t1", "", "", Row(number, "", f"r{number}"), "total", "合计", state, amount, None, decimals,
        text, where, (number, 1),
    )  # fmt: skip


def printed(value: Decimal, places: int, mode: str) -> str:
    return f"{value.quantize(Decimal(1).scaleb(-places), mode):,f}"


true_values = st.lists(
    st.decimals(min_value=0, max_value=10**7, places=6, allow_nan=False, allow_infinity=False),
    min_size=1,
    max_size=40,
)
modes = st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN])


def relation(total: str, parts: list[str], places: int) -> Relation:
    facts = [fact(t, k, places) for k, t in enumerate([total, *parts])]
    return Relation("r", "rows.total", tuple(Term(1 if k == 0 else -1, f) for k, f in enumerate(facts)))


@settings(max_examples=examples(1000), deadline=None)
@given(true_values, st.integers(0, 4), modes)
def test_honest_rounding_is_never_contradicted(values: list[Decimal], places: int, mode: str) -> None:
    total = printed(sum(values, Decimal(0)), places, mode)
    parts = [printed(v, places, mode) for v in values]
    [result] = evaluate([relation(total, parts, places)])
    assert result.outcome != Outcome.CONTRADICTED


@settings(max_examples=examples(1000), deadline=None)
@given(true_values, st.integers(0, 4), modes, st.data())
def test_an_error_larger_than_the_slack_is_always_found(
    values: list[Decimal], places: int, mode: str, data: st.DataObject
) -> None:
    total = printed(sum(values, Decimal(0)), places, mode)
    parts = [printed(v, places, mode) for v in values]
    slack = evaluate([relation(total, parts, places)])[0].slack
    at = data.draw(st.integers(0, len(parts) - 1))
    units = data.draw(st.integers(1, 10**6))
    # beyond twice the slack no rounding of the others can hide it
    wrong = Decimal(parts[at].replace(",", "")) + 2 * slack + units * Decimal(1).scaleb(-places)
    parts[at] = f"{wrong.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    assert evaluate([relation(total, parts, places)])[0].outcome == Outcome.CONTRADICTED


@given(st.decimals(min_value=-1000, max_value=1000, places=4, allow_nan=False), st.integers(0, 4), modes)
def test_a_number_lies_in_what_it_was_printed_as(value: Decimal, places: int, mode: str) -> None:
    amount = parse_amount(printed(value, places, mode))
    assert amount is not None
    assert value in interval(amount)


def test_a_number_takes_over_the_precision_of_its_column() -> None:
    zero, ten = parse_amount("0"), parse_amount("10")
    assert zero and ten
    assert half_width(zero, 2) == Decimal("0.005")
    assert half_width(ten, 2) == Decimal("0.005")  # 10 among numbers with two decimals is 10.00
    assert half_width(ten) == Decimal("0.5")


def test_units_carry_over() -> None:
    yuan, wan = parse_amount("312,142.06元"), parse_amount("31.21万元")
    assert yuan and wan
    difference = linear([(Decimal(1), interval(yuan)), (Decimal(-1), interval(wan))])
    assert Decimal(0) in difference
