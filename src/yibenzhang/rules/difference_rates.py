"""How far accounts lie from their budget, with its sign: "预决算差异率-10.00%"."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from yibenzhang.model.issues import Issue, issue_of
from yibenzhang.prose.passages import Passage
from yibenzhang.prose.quantities import Kind, Quantity
from yibenzhang.rules.case import Case
from yibenzhang.rules.registry import rule
from yibenzhang.standards.patterns import patterns

_WORDS = patterns("difference_rates")
_RATE = _WORDS["rate"]
_PERCENT = Decimal(100)


@rule("prose.difference", needs=("text",), stages=("accounts",), each_file=True)
def differences(case: Case) -> Iterator[Issue]:
    """A rate of difference other than (accounts - budget) ÷ budget of the two amounts told right before it."""
    for position, p in enumerate(case.passages):
        for m in _RATE.finditer(p.text):
            both = _both(p, case.by_passage.get(position, []), m.start())
            if both is None:
                continue
            said = Decimal(m["rate"].replace(",", "")) * (-1 if m["sign"] else 1)
            low, high = _rates(*both)
            slack = Decimal(1).scaleb(-len(m["rate"].partition(".")[2]))
            if not low - slack <= said <= high + slack:
                budget, actual = both
                right = _PERCENT * (actual.amount.base - budget.amount.base) / budget.amount.base
                words = p.clauses(budget.start, m.end())
                yield issue_of(
                    "prose.difference", (budget.fact, actual.fact), words=words, right=f"{right:.2f}"
                )


def _both(p: Passage, found: list[Quantity], end: int) -> tuple[Quantity, Quantity] | None:
    """The budget and the amount carried out that alone stand between the end of the sentence before and the rate."""
    begin = max(p.text.rfind(c, 0, end) for c in "。;") + 1
    amounts = [q for q in found if q.money and begin <= q.start < end]
    if [q.kind for q in amounts] != [Kind.BUDGETED, Kind.ACTUAL] or not amounts[0].amount.value:
        return None
    return (amounts[0], amounts[1]) if amounts[0].fact.interval and amounts[1].fact.interval else None


def _rates(budget: Quantity, actual: Quantity) -> tuple[Decimal, Decimal]:
    """The least and the most that the rate may be, by the rounding of both."""
    b, a = budget.fact.interval, actual.fact.interval
    if b is None or a is None or b.low <= 0:
        return Decimal(0), Decimal(0)
    return _PERCENT * (a.low - b.high) / b.high, _PERCENT * (a.high - b.low) / b.low
